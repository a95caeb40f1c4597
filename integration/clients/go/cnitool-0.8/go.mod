module dan.invalid/clients/cnitool-0.8

go 1.24.0

tool github.com/containernetworking/cni/cnitool

require (
	github.com/containernetworking/cni v0.8.1 // indirect
	github.com/onsi/ginkgo v1.12.1 // indirect
	github.com/onsi/gomega v1.10.1 // indirect
)
