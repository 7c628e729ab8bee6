# SPDX-License-Identifier: Apache-2.0
# Completion of shardlens-cli for bash: commands, then the options that the command's own help lists.
_shardlens_cli() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} group
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "info ls tree show meta check hash stats compare convert dduf sample formats rules --help --version" -- "$current")
        return
    fi
    case $previous in
        --color) mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$current"); return ;;
        --sort) mapfile -t COMPREPLY < <(compgen -W "name size file order" -- "$current"); return ;;
        --algorithm) mapfile -t COMPREPLY < <(compgen -W "sha256 xxh3" -- "$current"); return ;;
        --cast) mapfile -t COMPREPLY < <(compgen -W "bf16 fp16 fp32 fp64 original" -- "$current"); return ;;
        --verify) mapfile -t COMPREPLY < <(compgen -W "none layout full" -- "$current"); return ;;
        --tied) mapfile -t COMPREPLY < <(compgen -W "keep duplicate" -- "$current"); return ;;
    esac
    if [ "$command" = dduf ] && [ "$COMP_CWORD" -eq 2 ]; then
        mapfile -t COMPREPLY < <(compgen -W "check ls cat export unpack --help" -- "$current")
    elif [[ $current == -* ]]; then
        local options
        [ "$command" = dduf ] && group=(dduf "${COMP_WORDS[2]}") || group=("$command")
        options=$(shardlens-cli "${group[@]}" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*')
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    elif [ "$command" = sample ] && [ "$COMP_CWORD" -eq 2 ]; then
        mapfile -t COMPREPLY < <(compgen -W "slices sharded diffusers" -- "$current")
    elif [ "$command" = rules ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(shardlens-cli rules 2>/dev/null | grep -oE '^[a-z][a-z0-9.-]+')" -- "$current")
    fi
}
complete -o default -F _shardlens_cli shardlens-cli
