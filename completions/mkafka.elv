set edit:completion:arg-completer[mkafka] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) MKAFKA_COMPLETE="elvish" mkafka -- $@words) | to-lines
}
