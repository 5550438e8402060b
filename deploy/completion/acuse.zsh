#compdef acuse

_acuse_completion() {
  eval $(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" _ACUSE_COMPLETE=complete_zsh acuse)
}

compdef _acuse_completion acuse
