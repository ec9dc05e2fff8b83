// The example as a server: the routes of the five functions, and the page of ../signer-node.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
)

var route = regexp.MustCompile("^/uploads(?:/([0-9A-Z]{26})(/parts|/complete)?)?$")

// userOf is YOUR AUTHORISATION: who asks? The text becomes part of the key, so nobody reaches the uploads of others.
func userOf(request *http.Request) string { return "demo" }

func environment(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// answer is what a request is answered with; nil for nothing.
func (signer Signer) answer(request *http.Request) (any, error) {
	match, user := route.FindStringSubmatch(request.URL.Path), userOf(request)
	if user == "" {
		return nil, refuse(401, "unauthenticated")
	}
	if match == nil {
		return nil, refuse(404, "not_found")
	}
	id, what := match[1], request.Method+match[2]
	if id != "" && what == "DELETE" {
		return nil, signer.Abort(user, id)
	}
	var body struct {
		Uploads []Item
		Parts   []struct {
			Number    int
			CRC64NVME string
		}
		CRC64NVME string
		State     string
	}
	if request.Method == "POST" {
		// A form of another site cannot send this type, so that a session cookie is of no use there.
		if !strings.HasPrefix(request.Header.Get("content-type"), "application/json") {
			return nil, refuse(415, "unsupported_media_type")
		}
		if json.NewDecoder(http.MaxBytesReader(nil, request.Body, mib)).Decode(&body) != nil {
			return nil, refuse(400, "invalid_json")
		}
		if len(body.Uploads) > 100 || len(body.Parts) > 100 {
			return nil, refuse(400, "invalid_batch")
		}
	} else {
		body.State = request.Header.Get("crowfly-state")
	}
	if id == "" && what == "POST" {
		results := []Result{}
		for _, item := range body.Uploads {
			result, err := signer.Create(user, item)
			if _, is := err.(Refusal); err != nil && !is {
				return nil, err
			} else if is {
				result = Result{ID: item.ID, Error: err}
			}
			results = append(results, result)
		}
		return map[string]any{"uploads": results}, nil
	}
	facts, err := signer.unseal(user, id, body.State)
	if err != nil {
		return nil, err
	}
	switch what {
	case "POST/parts":
		grants := []PartGrant{}
		for _, part := range body.Parts {
			grant, err := signer.Sign(facts, part.Number, part.CRC64NVME)
			if err != nil {
				return nil, err
			}
			grants = append(grants, grant)
		}
		return map[string]any{"grants": grants}, nil
	case "GET/parts":
		parts, err := signer.Parts(facts)
		return map[string]any{"parts": parts}, err
	case "POST/complete":
		return signer.Complete(user, id, facts, body.CRC64NVME)
	}
	return nil, refuse(404, "not_found")
}

// ServeHTTP answers with JSON.
func (signer Signer) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	answer, err := signer.answer(request)
	status := http.StatusOK
	if refusal, is := err.(Refusal); is {
		status, answer = refusal.Status, map[string]any{"error": refusal}
	} else if err != nil {
		log.Print(err)
		// The client asks eight times: with these pauses a store may be down for half a minute.
		again := map[string]any{"code": "service_unavailable", "message": "storage is unavailable", "retryAfterMs": 5000}
		status, answer = 503, map[string]any{"error": again}
	}
	if answer == nil {
		response.WriteHeader(http.StatusNoContent)
		return
	}
	response.Header().Set("content-type", "application/json")
	response.WriteHeader(status)
	_ = json.NewEncoder(response).Encode(answer)
}

func main() {
	seconds, err := strconv.Atoi(environment("URL_SECONDS", "300"))
	if err != nil {
		log.Fatal("URL_SECONDS is no number")
	}
	region, bucket := environment("AWS_REGION", "us-east-1"), os.Getenv("BUCKET")
	base := "https://" + bucket + ".s3." + region + ".amazonaws.com"
	if endpoint := os.Getenv("ENDPOINT"); endpoint != "" {
		base = endpoint + "/" + bucket
	}
	signer := Signer{
		Store: Store{
			Base:      base,
			Key:       Key{os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), region},
			Lifetime:  seconds,
			Checksums: os.Getenv("CHECKSUMS") != "off",
		},
		Secret:   os.Getenv("STATE_SECRET"), // `openssl rand -base64 32`; the same for every instance
		OnStored: func(user, id string, facts Facts) { fmt.Println(user, id, facts.Key, facts.Size) },
	}
	if bucket == "" || signer.Secret == "" {
		log.Fatal("BUCKET and STATE_SECRET must be set")
	}
	http.Handle("/uploads", signer)
	http.Handle("/uploads/", signer)
	sdk := http.FileServer(http.Dir(environment("CROWFLY", "node_modules/crowfly")))
	http.Handle("/crowfly/", http.StripPrefix("/crowfly/", sdk))
	http.Handle("/", http.FileServer(http.Dir(environment("PAGE", "../signer-node/public"))))
	listener, err := net.Listen("tcp", "127.0.0.1:"+environment("PORT", "8080"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/\n", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
