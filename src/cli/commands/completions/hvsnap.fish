# Completions of hvsnap for fish.
function __hvsnap_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l lines ($words[1] __complete fish $words[2..-1] "=$current" 2>/dev/null </dev/null)
    switch "$lines[1]"
        case ':files'
            __fish_complete_path $current
        case ':dirs'
            __fish_complete_directories $current
        case '*'
            test (count $lines) -gt 0; and printf '%s\n' $lines
    end
end
complete --command hvsnap --no-files --arguments '(__hvsnap_complete)'
