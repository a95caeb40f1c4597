/** The text of a file of `cni-conf/`, byte for byte, as the build's bundler and that of the tests embed it. */
declare module '*.conflist' {
  const text: string;
  export default text;
}
