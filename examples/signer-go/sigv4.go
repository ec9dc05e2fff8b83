// AWS Signature Version 4, with the standard library alone:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"sort"
	"strings"
	"time"
)

// Key signs requests to one region.
type Key struct{ ID, Secret, Region string }

func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write([]byte(text))
	return hash.Sum(nil)
}

// escaped is RFC 3986 with every octet but the unreserved ones in percent: url.QueryEscape alone writes a space as "+".
func escaped(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

// canonicalQuery is the query in the order of its names, each name with a value.
func canonicalQuery(query map[string]string) string {
	pairs := []string{}
	for name, value := range query {
		pairs = append(pairs, escaped(name)+"="+escaped(value))
	}
	sort.Strings(pairs)
	return strings.Join(pairs, "&")
}

// scope is the day, region and service that a signature is good for.
func (key Key) scope(at time.Time) string {
	return at.Format("20060102") + "/" + key.Region + "/s3/aws4_request"
}

// signature signs a request of which `path` is escaped already. Header names are in lower case.
func (key Key) signature(method, path, query string, headers map[string]string, body string, at time.Time) string {
	names, lines := signedNames(headers), ""
	for _, name := range strings.Split(names, ";") {
		lines += name + ":" + strings.TrimSpace(headers[name]) + "\n"
	}
	canonical := strings.Join([]string{method, path, query, lines, names, body}, "\n")
	toSign := strings.Join([]string{"AWS4-HMAC-SHA256", stamp(at), key.scope(at), hashed(canonical)}, "\n")
	secret := []byte("AWS4" + key.Secret)
	for _, step := range strings.Split(key.scope(at), "/") {
		secret = mac(secret, step)
	}
	return hex.EncodeToString(mac(secret, toSign))
}

func stamp(at time.Time) string { return at.Format("20060102T150405Z") }

func signedNames(headers map[string]string) string {
	names := []string{}
	for name := range headers {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, ";")
}

// Presign gives the query of a URL that is good for `seconds`; everything in `headers` must be sent with it.
func (key Key) Presign(method, path string, query, headers map[string]string, seconds int, at time.Time) string {
	all := map[string]string{
		"X-Amz-Algorithm":     "AWS4-HMAC-SHA256",
		"X-Amz-Credential":    key.ID + "/" + key.scope(at),
		"X-Amz-Date":          stamp(at),
		"X-Amz-Expires":       fmt.Sprint(seconds),
		"X-Amz-SignedHeaders": signedNames(headers),
	}
	for name, value := range query {
		all[name] = value
	}
	canonical := canonicalQuery(all)
	// A browser sends the bytes: their hash is not known, but their checksum is a signed header.
	signature := key.signature(method, path, canonical, headers, "UNSIGNED-PAYLOAD", at)
	return canonical + "&X-Amz-Signature=" + signature
}

// Authorize gives the Authorization header of a request that this program sends itself.
func (key Key) Authorize(method, path, query string, headers map[string]string, body string, at time.Time) string {
	signature := key.signature(method, path, query, headers, body, at)
	return fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
		key.ID, key.scope(at), signedNames(headers), signature)
}
