// What the build uses of Bun's bundler; Bun's own types would bring all of Bun's globals.
declare module 'bun' {
  /** A part of the bundler that says where an import leads. */
  interface Plugin {
    readonly name: string;
    readonly setup: (bundler: {
      readonly onResolve: (imports: { readonly filter: RegExp }, resolve: () => { readonly path: string }) => void;
    }) => void;
  }

  interface Settings {
    readonly entrypoints: readonly string[];
    readonly target: 'bun';
    readonly format: 'esm';
    readonly minify: boolean;
    readonly splitting?: boolean;
    readonly bytecode?: boolean;
    readonly plugins?: readonly Plugin[];
    readonly outdir?: string;
    readonly naming?: string;
    readonly compile?: {
      readonly outfile: string;
      readonly autoloadDotenv: boolean;
      readonly autoloadBunfig: boolean;
      readonly jitPolicy: number;
      readonly bytecodeOrder?: readonly string[];
    };
  }

  /** Bundles, and compiles; throws with what is wrong. */
  export function build(settings: Settings): Promise<{ readonly success: boolean }>;
}
