/**
 * The text of a file of `cni-conf/` or `deploy/host/`, byte for byte, as the build's and the tests' bundlers embed it.
 */
declare module '*.conf' {
  const text: string;
  export default text;
}
declare module '*.conflist' {
  const text: string;
  export default text;
}
declare module '*.link' {
  const text: string;
  export default text;
}
declare module '*.network' {
  const text: string;
  export default text;
}
