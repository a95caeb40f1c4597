// The reference tap plugin's own suite calls the functions cmdAdd, cmdDel, cmdCheck and cmdStatus of the plugin. These
// run dan's executable instead. build.ts puts the suite's files, which are the module's and not ours, beside this one.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"

	"github.com/containernetworking/cni/pkg/skel"
	"github.com/containernetworking/cni/pkg/types"
)

// tap is the name of the tap that the last ADD made on the host.
var tap string

func main() {}

func cmdAdd(args *skel.CmdArgs) error {
	output, err := call("ADD", args)
	if err != nil {
		return err
	}
	var result struct {
		Interfaces []struct{ Name string }
	}
	if err := json.Unmarshal(output, &result); err != nil {
		return err
	}
	if len(result.Interfaces) > 0 {
		tap = result.Interfaces[0].Name
	}
	// The suite reads the result from here.
	_, err = os.Stdout.Write(output)
	return err
}

func cmdDel(args *skel.CmdArgs) error {
	_, err := call("DEL", args)
	return err
}

func cmdCheck(args *skel.CmdArgs) error {
	_, err := call("CHECK", args)
	return err
}

func cmdStatus(args *skel.CmdArgs) error {
	_, err := call("STATUS", args)
	return err
}

// call runs the executable that DAN names, in the network namespace of the calling thread: for dan, that is the host.
// An error of dan is returned as what it is in the protocol.
func call(command string, args *skel.CmdArgs) ([]byte, error) {
	config, err := asHostTap(args.StdinData)
	if err != nil {
		return nil, err
	}
	dan := exec.Command(os.Getenv("DAN"))
	dan.Env = append(os.Environ(),
		"CNI_COMMAND="+command,
		"CNI_CONTAINERID="+args.ContainerID,
		"CNI_NETNS="+args.Netns,
		"CNI_IFNAME="+args.IfName,
		"CNI_PATH="+os.Getenv("PLUGINS"),
	)
	dan.Stdin = bytes.NewReader(config)
	var log bytes.Buffer
	dan.Stderr = &log
	output, err := dan.Output()
	if err == nil {
		return output, nil
	}
	answer := &types.Error{}
	if json.Unmarshal(output, answer) != nil {
		return nil, fmt.Errorf("dan %s: %w, with no error object on stdout: %q, and on stderr: %s", command, err, output, &log)
	}
	return nil, answer
}

// asHostTap makes a network of the plugin tap one of dan's, with the same IPAM, bridge and owner.
func asHostTap(config []byte) ([]byte, error) {
	var network map[string]any
	if err := json.Unmarshal(config, &network); err != nil {
		return nil, err
	}
	network["type"] = "dan"
	network["device"] = "host-tap"
	if _, hasBridge := network["bridge"]; !hasBridge {
		network["bridge"] = nil
	}
	return json.Marshal(network)
}
