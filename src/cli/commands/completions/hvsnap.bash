# Completions of hvsnap for bash.
_hvsnap() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <("$1" __complete bash "${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null)
    case "${COMPREPLY[0]-}" in
        :files | :dirs)
            local kind=-f
            [[ "${COMPREPLY[0]}" == :dirs ]] && kind=-d
            COMPREPLY=()
            compopt -o filenames 2>/dev/null
            while IFS= read -r line; do
                COMPREPLY+=("$line")
            done < <(compgen "$kind" -- "$2")
            ;;
    esac
}
complete -F _hvsnap hvsnap
