_mkafka() {
    local typed=${COMP_WORDS[COMP_CWORD]} current=$2 words=("${COMP_WORDS[@]}")
    case $typed in
        [\"\']*) current=${typed:0:1}${current#[\"\']} ;;
        [=:]*) [[ $current ]] || current=$typed ;;
    esac
    words[COMP_CWORD]=$current
    IFS=$'\013' read -r -d '' -a COMPREPLY \
        < <(MKAFKA_COMPLETE=bash _CLAP_COMPLETE_INDEX=$COMP_CWORD mkafka -- "${words[@]}" 2>/dev/null)
    [[ ${COMPREPLY-} == *[=/:] ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -o bashdefault -o nosort -F _mkafka mkafka 2>/dev/null || complete -o bashdefault -F _mkafka mkafka
