/**
 * What an error means and what mends it, in Markdown of one line each: `code` and links to pages of `docs` are all
 * that is used of it.
 */
export interface Explanation {
  /** What happened: what is so now that it has been said. */
  readonly meaning: string;
  /** How that comes about. */
  readonly cause: string;
  /** What to do, the likeliest first. */
  readonly cure: string;
}
