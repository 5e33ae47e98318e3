/** What becomes of a tool with `--preset balanced` and with `--preset strict`, in this order. */
type Decisions = 'allow allow' | 'allow ask' | 'ask ask' | 'ask deny' | 'deny deny';

/** What the starter policies promise about each tool that the servers listed. */
export const STARTER_TABLE: Readonly<Record<string, Readonly<Partial<Record<Decisions, string>>>>> = {
  'chrome-devtools': {
    'allow allow': `get_console_message get_css_styles get_network_request lighthouse_audit list_console_messages
      list_network_requests list_pages performance_analyze_insight performance_start_trace performance_stop_trace
      screencast_stop select_page take_screenshot take_snapshot wait_for`,
    'allow ask': `click close_page drag emulate fill fill_form handle_dialog hover navigate_page new_page press_key
      resize_page type_text`,
    'ask ask': 'screencast_start take_heapsnapshot',
    'ask deny': 'evaluate_script upload_file',
  },
  everything: {
    'allow allow': `echo get-annotated-message get-resource-links get-resource-reference get-structured-content get-sum
      get-tiny-image simulate-research-query toggle-simulated-logging toggle-subscriber-updates
      trigger-long-running-operation`,
    'ask deny': 'gzip-file-as-resource',
    'deny deny': 'get-env',
  },
  fetch: { 'allow ask': 'fetch' },
  filesystem: {
    'allow allow': `directory_tree get_file_info list_allowed_directories list_directory list_directory_with_sizes
      read_file read_media_file read_multiple_files read_text_file search_files`,
    'allow ask': 'create_directory edit_file write_file',
    'ask ask': 'move_file',
  },
  git: {
    'allow allow': 'git_branch git_diff git_diff_staged git_diff_unstaged git_log git_show git_status',
    'allow ask': 'git_add git_commit git_create_branch',
    'ask ask': 'git_checkout',
    'ask deny': 'git_reset',
  },
  github: {
    'allow allow': `get_file_contents get_issue get_pull_request get_pull_request_comments get_pull_request_files
      get_pull_request_reviews get_pull_request_status list_commits list_issues list_pull_requests search_code
      search_issues search_repositories search_users`,
    'ask ask': 'add_issue_comment create_issue create_pull_request create_pull_request_review update_issue',
    'ask deny': `create_branch create_or_update_file create_repository fork_repository merge_pull_request push_files
      update_pull_request_branch`,
  },
  memory: {
    'allow allow': 'open_nodes read_graph search_nodes',
    'allow ask': 'add_observations create_entities create_relations',
    'ask deny': 'delete_entities delete_observations delete_relations',
  },
  notion: {
    'allow allow': `API-get-block-children API-get-self API-get-user API-get-users API-list-data-source-templates
      API-post-search API-query-data-source API-retrieve-a-block API-retrieve-a-comment API-retrieve-a-data-source
      API-retrieve-a-database API-retrieve-a-page API-retrieve-a-page-property API-retrieve-page-markdown`,
    'ask ask': 'API-create-a-comment API-create-a-data-source API-patch-block-children API-post-page',
    'ask deny': `API-delete-a-block API-move-page API-patch-page API-update-a-block API-update-a-data-source
      API-update-page-markdown`,
  },
  playwright: {
    'allow allow': `browser_console_messages browser_find browser_network_request browser_network_requests
      browser_snapshot browser_take_screenshot browser_wait_for`,
    'allow ask': `browser_click browser_close browser_drag browser_emulate_media browser_fill_form
      browser_handle_dialog browser_hover browser_navigate browser_navigate_back browser_press_key browser_resize
      browser_select_option browser_tabs browser_type`,
    'ask deny': 'browser_drop browser_evaluate browser_file_upload browser_run_code_unsafe',
  },
  postgres: { 'allow ask': 'query' },
  puppeteer: {
    'allow allow': 'puppeteer_screenshot',
    'allow ask': 'puppeteer_click puppeteer_fill puppeteer_hover puppeteer_navigate puppeteer_select',
    'ask deny': 'puppeteer_evaluate',
  },
  sentry: {
    'allow allow': `find_organizations find_projects get_sentry_resource search_events search_issues
      search_sentry_tools`,
    'allow ask': 'analyze_issue_with_seer',
    'ask ask': 'update_issue',
    'ask deny': 'execute_sentry_tool',
  },
  'sequential-thinking': { 'allow allow': 'sequentialthinking' },
  slack: {
    'allow allow': 'slack_get_user_profile slack_get_users slack_list_channels',
    'allow ask': 'slack_get_channel_history slack_get_thread_replies',
    'ask ask': 'slack_add_reaction slack_post_message slack_reply_to_thread',
  },
  sqlite: {
    'allow allow': 'describe_table list_tables read_query',
    'allow ask': 'append_insight',
    'ask ask': 'create_table',
    'ask deny': 'write_query',
  },
  stripe: {
    'allow allow': 'search_stripe_documentation',
    'allow ask': `fetch_stripe_resources get_stripe_account_info list_coupons list_customers list_disputes
      list_invoices list_payment_intents list_prices list_products list_subscriptions retrieve_balance
      search_stripe_resources`,
    'ask ask': `create_coupon create_customer create_invoice create_invoice_item create_payment_link create_price
      create_product`,
    'ask deny': 'cancel_subscription create_refund finalize_invoice update_dispute update_subscription',
  },
  time: { 'allow allow': 'convert_time get_current_time' },
};

/** Calls of which the arguments decide: server, tool, arguments, decisions. */
export const ARGUMENTS_TABLE: readonly (readonly [string, string, object, Decisions])[] = [
  ['fetch', 'fetch', { url: 'http://169.254.169.254/latest/meta-data' }, 'deny deny'],
  ['fetch', 'fetch', { url: 'http://[::1]:8080/' }, 'deny deny'],
  ['fetch', 'fetch', { url: 'http://2130706433/' }, 'deny deny'],
  ['fetch', 'fetch', { url: 'file:///etc/passwd' }, 'deny deny'],
  ['fetch', 'fetch', { url: 'https://localhost.example.com/' }, 'allow ask'],
  ['fetch', 'fetch', {}, 'deny deny'],
  ['github', 'push_files', { branch: 'main' }, 'deny deny'],
  ['github', 'push_files', {}, 'ask deny'],
  ['postgres', 'query', { sql: ' with a as (select 1) select * from a; ' }, 'allow ask'],
  ['postgres', 'query', { sql: 'SELECT 1; DROP TABLE users' }, 'deny deny'],
  ['postgres', 'query', { sql: 'COMMIT; DROP SCHEMA public' }, 'deny deny'],
  ['postgres', 'query', { sql: 'DELETE FROM users' }, 'deny deny'],
  ['postgres', 'query', { sql: 'selected' }, 'deny deny'],
  ['postgres', 'query', {}, 'deny deny'],
  ['playwright', 'browser_navigate', { url: 'http://localhost:3000/' }, 'ask deny'],
  ['playwright', 'browser_navigate', { url: 'file:///etc/passwd' }, 'ask deny'],
  ['playwright', 'browser_tabs', { action: 'new', url: 'http://192.168.0.1/' }, 'ask deny'],
  ['playwright', 'browser_tabs', { action: 'list' }, 'allow ask'],
  ['puppeteer', 'puppeteer_navigate', { url: 'https://example.com', launchOptions: {} }, 'deny deny'],
  ['puppeteer', 'puppeteer_navigate', { url: 'https://example.com', allowDangerous: 'true' }, 'deny deny'],
  ['puppeteer', 'puppeteer_navigate', { url: 'http://10.0.0.1/' }, 'ask deny'],
  ['chrome-devtools', 'take_screenshot', { filePath: '/home/me/.bashrc' }, 'ask deny'],
  ['chrome-devtools', 'get_network_request', { responseFilePath: 'a' }, 'ask deny'],
  ['chrome-devtools', 'lighthouse_audit', { outputDirPath: 'a' }, 'ask deny'],
  ['chrome-devtools', 'navigate_page', { type: 'reload' }, 'allow ask'],
  ['chrome-devtools', 'navigate_page', { type: 'reload', initScript: 'x' }, 'ask deny'],
  ['chrome-devtools', 'new_page', { url: 'http://127.0.0.1/' }, 'ask deny'],
];
