#compdef hvsnap
# Completions of hvsnap for zsh.
_hvsnap() {
    local line word
    local -a given lines values shown
    for word in "${(@)words[2,CURRENT-1]}"; do
        given+=("${(Q)word}")
    done
    given+=("=${(Q)PREFIX}")
    lines=("${(@f)$("${(Q)words[1]}" __complete zsh "${given[@]}" 2>/dev/null </dev/null)}")
    case "${lines[1]}" in
        :files) _files ;;
        :dirs) _files -/ ;;
        *)
            for line in "${lines[@]}"; do
                [[ -n "$line" ]] || continue
                values+=("${line%%$'\t'*}")
                shown+=("${line/$'\t'/  -- }")
            done
            (( ${#values} )) && compadd -l -d shown -a values
            ;;
    esac
}
if [[ "${funcstack[1]}" == _hvsnap ]]; then
    _hvsnap "$@"
else
    compdef _hvsnap hvsnap
fi
