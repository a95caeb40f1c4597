// go-cni calls containerd's library of this name as containerd's CRI plugin does: every network of a directory, all of
// them at the same moment unless told otherwise.
//
//	go-cni setup|setup-serially|check|remove CONFIG-DIRECTORY NETWORKS ID NETNS
//
// The plugins are looked for in CNI_PATH. setup prints the addresses of each interface as JSON. Any error goes to
// stderr with exit code 1.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	cni "github.com/containerd/go-cni"
)

func main() {
	if len(os.Args) != 6 {
		fail(fmt.Errorf("usage: go-cni setup|setup-serially|check|remove CONFIG-DIRECTORY NETWORKS ID NETNS"))
	}
	networks, err := strconv.Atoi(os.Args[3])
	fail(err)
	client, err := cni.New(
		cni.WithMinNetworkCount(networks),
		cni.WithPluginMaxConfNum(networks),
		cni.WithPluginConfDir(os.Args[2]),
		cni.WithPluginDir(filepath.SplitList(os.Getenv("CNI_PATH"))),
	)
	fail(err)
	fail(client.Load(cni.WithAllConf))
	fail(call(client, os.Args[1], os.Args[4], os.Args[5]))
}

// call makes one call for the sandbox with this id and network namespace.
func call(client cni.CNI, command, id, netns string) error {
	ctx := context.Background()
	labels := cni.WithLabels(map[string]string{
		"IgnoreUnknown":              "1",
		"K8S_POD_NAMESPACE":          "default",
		"K8S_POD_NAME":               id,
		"K8S_POD_INFRA_CONTAINER_ID": id,
		"K8S_POD_UID":                "uid-" + id,
	})
	switch command {
	case "setup":
		result, err := client.Setup(ctx, id, netns, labels)
		return print(result, err)
	case "setup-serially":
		result, err := client.SetupSerially(ctx, id, netns, labels)
		return print(result, err)
	case "check":
		return client.Check(ctx, id, netns, labels)
	case "remove":
		return client.Remove(ctx, id, netns, labels)
	default:
		return fmt.Errorf("no such command: %s", command)
	}
}

// print writes the addresses of every interface that has any.
func print(result *cni.Result, err error) error {
	if err != nil {
		return err
	}
	addresses := map[string][]string{}
	for name, config := range result.Interfaces {
		for _, ip := range config.IPConfigs {
			addresses[name] = append(addresses[name], ip.IP.String())
		}
	}
	return json.NewEncoder(os.Stdout).Encode(addresses)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
