module accountd/testing/clients/luiggi33

go 1.26.0

require github.com/Luiggi33/pterodactyl-client-go v0.2.1
