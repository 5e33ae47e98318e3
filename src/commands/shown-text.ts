/** What text passes on its way to a person or a log; what hides secrets in it is loaded after the start. */
export interface ShownText {
  mask: (text: string) => string;
}
