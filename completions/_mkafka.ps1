Register-ArgumentCompleter -Native -CommandName mkafka -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $prev = $env:MKAFKA_COMPLETE;
    $env:MKAFKA_COMPLETE = "powershell";

    $args = $commandAst.Extent.Text
    $args = $args.Substring(0, [math]::Min($cursorPosition, $args.Length));
    if ($wordToComplete -eq "") {
        $args += " ''";
    }

    $results = Invoke-Expression @"
& mkafka -- $args
"@;
    if ($null -eq $prev) {
        Remove-Item Env:\MKAFKA_COMPLETE;
    } else {
        $env:MKAFKA_COMPLETE = $prev;
    }
    $results | ForEach-Object {
        $split = $_.Split("`t");
        $cmd = $split[0];

        if ($split.Length -eq 2) {
            $help = $split[1];
        }
        else {
            $help = $split[0];
        }

        [System.Management.Automation.CompletionResult]::new($cmd, $cmd, 'ParameterValue', $help)
    }
};
