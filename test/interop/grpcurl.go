// grpcurl's own library, asked as its command asks it: ADDRESS METHOD MESSAGES, all that it knows of a
// server by reflection. Its command is no package that could be built from here.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/fullstorydev/grpcurl"
	"github.com/jhump/protoreflect/grpcreflect"
)

func main() {
	if err := call(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func call(address, method, messages string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	connection, err := grpcurl.BlockingDial(ctx, "tcp", address, nil)
	if err != nil {
		return err
	}
	source := grpcurl.DescriptorSourceFromServer(ctx, grpcreflect.NewClientAuto(ctx, connection))
	if method == "list" {
		services, err := grpcurl.ListServices(source)
		fmt.Println(strings.Join(services, "\n"))
		return err
	}
	requests, formatter, err := grpcurl.RequestParserAndFormatter(
		grpcurl.FormatJSON, source, strings.NewReader(messages), grpcurl.FormatOptions{})
	if err != nil {
		return err
	}
	handler := &grpcurl.DefaultEventHandler{Out: os.Stdout, Formatter: formatter}
	if err := grpcurl.InvokeRPC(ctx, source, connection, method, nil, handler, requests.Next); err != nil {
		return err
	}
	return handler.Status.Err()
}
