complete --keep-order --exclusive --command mkafka --arguments "(MKAFKA_COMPLETE=fish mkafka -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
