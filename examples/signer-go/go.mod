module crowfly.example/signer

go 1.19
