/** The shape of one provider's keys: what it begins with, and what follows. */
export interface KeyShape {
  readonly kind: string;
  /** Texts one of which stands in each key: without any of them nothing has to be searched. */
  readonly needles: readonly string[];
  /** Global; ends with its only unbounded part, and all before that is bounded, so that its time is linear. */
  readonly pattern: RegExp;
}

function shape(kind: string, needles: string, pattern: RegExp): KeyShape {
  return { kind, needles: needles.split(' '), pattern };
}

/** Keys and tokens that give themselves away, as their providers document them. */
export const PROVIDER_KEYS: readonly KeyShape[] = [
  shape('aws-key', 'AKIA ASIA ABIA ACCA', /A(?:KIA|SIA|BIA|CCA)[0-9A-Z]{16}[0-9A-Z]*/g),
  shape(
    'github-token',
    'ghp_ gho_ ghu_ ghs_ ghr_ github_pat_',
    /(?:gh[pousr]_[A-Za-z0-9]{20}[A-Za-z0-9]*|github_pat_\w{20}\w*)/g,
  ),
  shape(
    'gitlab-token',
    'glpat- gldt- glrt- glptt- gloas- glsoat- glft- glcbt-',
    /gl(?:pat|dt|rt|ptt|oas|soat|ft|cbt)-[\w.-]{16}[\w.-]*/g,
  ),
  shape('slack-token', 'xoxa xoxb xoxe xoxo xoxp xoxr xoxs xapp-', /x(?:ox[abeoprs]|app)-[\w-]{10}[\w-]*/g),
  shape(
    'slack-webhook',
    'hooks.slack.com',
    /hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/]{8}[\w/]*/g,
  ),
  shape(
    'stripe-key',
    'k_live_ k_test_ whsec_',
    /(?:[srp]k_(?:live|test)_|whsec_)[A-Za-z0-9+/]{10}[A-Za-z0-9+/=]*/g,
  ),
  shape('anthropic-key', 'sk-ant-', /sk-ant-[\w-]{16}[\w-]*/g),
  shape('openai-key', 'sk-', /\bsk-[\w-]{20}[\w-]*/g),
  shape(
    'google-key',
    'AIza ya29. GOCSPX- 1//0',
    /(?:AIza[\w-]{35}[\w-]*|ya29\.[\w-]{20}[\w-]*|GOCSPX-[\w-]{20}[\w-]*|1\/\/0[\w-]{30}[\w-]*)/g,
  ),
  shape('npm-token', 'npm_', /npm_[A-Za-z0-9]{30}[A-Za-z0-9]*/g),
  shape('pypi-token', 'pypi-', /pypi-[\w-]{32}[\w-]*/g),
  shape('docker-token', 'dckr_', /dckr_[po]at_[\w-]{20}[\w-]*/g),
  shape('huggingface-token', 'hf_', /hf_[A-Za-z0-9]{30}[A-Za-z0-9]*/g),
  shape('sendgrid-key', 'SG.', /SG\.[\w-]{16,40}\.[\w-]{32}[\w-]*/g),
  shape('mailgun-key', 'key-', /\bkey-[0-9a-f]{32}/g),
  shape('twilio-key', 'SK', /\bSK[0-9a-f]{32}\b/g),
  shape('telegram-token', ':AA', /\b\d{8,10}:AA[\w-]{32}[\w-]*/g),
  shape(
    'discord-webhook',
    '/api/webhooks/',
    /discord(?:app)?\.com\/api\/webhooks\/\d{8,24}\/[\w-]{20}[\w-]*/g,
  ),
  shape('shopify-token', 'shpat_ shpca_ shppa_ shpss_', /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/g),
  shape('square-token', 'sq0atp- sq0csp- sq0idp-', /sq0(?:atp|csp|idp)-[\w-]{22}[\w-]*/g),
  shape('digitalocean-token', '_v1_', /do[opr]_v1_[a-f0-9]{32}[a-f0-9]*/g),
  shape('databricks-token', 'dapi', /\bdapi[0-9a-f]{32}/g),
  shape('vault-token', 'hvs. hvb. hvr.', /\bhv[sbr]\.[\w-]{20}[\w-]*/g),
  shape('terraform-token', '.atlasv1.', /\w{14}\.atlasv1\.[\w-]{40}[\w-]*/g),
  shape('linear-key', 'lin_', /lin_(?:api|oauth)_[A-Za-z0-9]{32}[A-Za-z0-9]*/g),
  shape('notion-token', 'ntn_', /ntn_[A-Za-z0-9]{30}[A-Za-z0-9]*/g),
  shape('figma-token', 'figd_', /figd_[\w-]{30}[\w-]*/g),
  shape('atlassian-token', 'ATATT3 ATCTT3 ATBBT3', /AT(?:ATT3|CTT3|BBT3)[\w=-]{40}[\w=-]*/g),
  shape('grafana-token', 'glsa_ glc_', /gl(?:sa|c)_[\w+/=]{30}[\w+/=]*/g),
  shape('newrelic-key', 'NRAK-', /NRAK-[A-Z0-9]{27}/g),
  shape('postman-key', 'PMAK-', /PMAK-[a-f0-9]{24}-[a-f0-9]{34}/g),
  shape('supabase-key', 'sbp_ sb_secret_', /sb(?:p_[a-f0-9]{40}|_secret_[\w-]{20}[\w-]*)/g),
  shape('groq-key', 'gsk_', /gsk_[A-Za-z0-9]{40}[A-Za-z0-9]*/g),
  shape('xai-key', 'xai-', /xai-[A-Za-z0-9]{60}[A-Za-z0-9]*/g),
  shape('perplexity-key', 'pplx-', /pplx-[A-Za-z0-9]{40}[A-Za-z0-9]*/g),
  shape('replicate-token', 'r8_', /\br8_[A-Za-z0-9]{30}[A-Za-z0-9]*/g),
  shape('airtable-token', 'pat', /\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}/g),
  shape('heroku-key', 'HRKU-', /HRKU-[\w-]{36}[\w-]*/g),
  shape('age-key', 'AGE-SECRET-KEY-1', /AGE-SECRET-KEY-1[0-9A-Z]{50}[0-9A-Z]*/g),
];
