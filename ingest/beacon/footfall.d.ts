/** What the website script adds to a page. Keep this file anywhere that TypeScript looks. */

interface FootfallOptions {
  /** Custom properties; a value has at most 500 characters. */
  props?: Record<string, string | number | boolean>;
  /** `false` for what the visitor did not do: the visit can still be a bounce. */
  interactive?: boolean;
  /** The page it belongs to, an absolute URL; without it, the current one. */
  url?: string;
}

interface Footfall {
  /** Send a custom event, or `"pageview"`. Nothing is thrown, nothing is returned. */
  (name: string, options?: FootfallOptions | null): void;
  /** Count this browser no more on this website. Throws where the browser stores nothing. */
  optOut(): void;
  /** Count this browser again. */
  optIn(): void;
}

interface Window {
  /** There once the script has run; a stub of your own may keep calls until then. */
  footfall?: Footfall;
}

declare const footfall: Footfall;
