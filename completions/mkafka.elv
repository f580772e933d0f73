use str
set edit:completion:arg-completer[mkafka] = {|@words|
    var index = (- (count $words) 1)
    env MKAFKA_COMPLETE=elvish _CLAP_COMPLETE_INDEX=$index _CLAP_IFS="\n" mkafka -- $@words 2>/dev/null | from-lines | each {|value|
        if (or (str:has-suffix $value =) (str:has-suffix $value /) (str:has-suffix $value :)) {
            put $value
        } elif (not-eq $value '') {
            edit:complex-candidate $value &code-suffix=' '
        }
    }
}
