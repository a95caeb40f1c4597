/**
 * The script of each shell. It passes the words of the line to `dan completion SHELL -- WORDS`, the last of which is the one
 * being typed, and takes the lines that dan prints. Where dan prints none, the shell completes files. What it would expand comes
 * quoted into the line: `compadd` and `complete` of fish see to that by themselves.
 */
export const scripts: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bash: `_dan() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    printf -v word %q "$word"
    COMPREPLY+=("$word")
  done < <(dan completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _dan dan
`,
    zsh: `#compdef dan
_dan() {
  local -a fitting
  fitting=("\${(@f)$(dan completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${fitting[1]}" ]]; then compadd -- "\${fitting[@]}"; else _files; fi
}
if [[ "\${funcstack[1]}" = _dan ]]; then _dan "$@"; else compdef _dan dan; fi
`,
    fish: `function __dan_fitting
  set -l words (commandline -opc) (commandline -ct)
  set -l fitting (dan completion fish -- $words[2..-1] 2>/dev/null)
  if test -n "$fitting"
    printf '%s\\n' $fitting
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c dan -f -a '(__dan_fitting)'
`,
  }),
);
