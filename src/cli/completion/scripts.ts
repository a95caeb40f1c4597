/**
 * The completion script of each shell. It passes the words of the line to `dan completion SHELL -- WORDS`, with the
 * word being typed at the end, and uses the lines that dan prints. If dan prints none, the shell completes file names.
 * Special characters are quoted: bash's script does this itself; `compadd` of zsh and `complete` of fish do it on their
 * own.
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
