/** The text of a file of `cni-conf/`, byte for byte, as Bun and the tests' bundler embed it. */
declare module '*.conflist' {
  const text: string;
  export default text;
}
