# Completions of hvsnap for PowerShell.
Register-ArgumentCompleter -Native -CommandName hvsnap -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @()
    foreach ($element in @($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.EndOffset -lt $cursorPosition -or
            ($element.Extent.EndOffset -eq $cursorPosition -and $wordToComplete -eq '')) {
            if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
                $words += $element.Value
            } else {
                $words += $element.Extent.Text
            }
        }
    }
    $current = $wordToComplete.Trim("'", '"')
    $program = $commandAst.CommandElements[0].Extent.Text
    foreach ($line in @(& $program __complete powershell @words "=$current" 2>$null)) {
        $value, $help = $line -split "`t", 2
        if ($value -eq ':files' -or $value -eq ':dirs') { return }
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
