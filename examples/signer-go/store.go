// One bucket, over plain HTTP requests.
package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const crcHeader = "x-amz-checksum-crc64nvme"

// Store is a bucket; Base is its address without a trailing slash, such as https://films.s3.eu-west-1.amazonaws.com or
// http://127.0.0.1:3900/films.
type Store struct {
	Base      string
	Key       Key
	Lifetime  int
	Checksums bool
}

// Grant is leave for one PUT.
type Grant struct {
	URL         string            `json:"url"`
	Headers     map[string]string `json:"headers"`
	ExpiresInMs int               `json:"expiresInMs"`
}

// Fault is an answer of storage that is no success.
type Fault struct {
	Status int
	Code   string `xml:"Code"`
}

func (fault Fault) Error() string { return fmt.Sprintf("storage: %d %s", fault.Status, fault.Code) }

// Part is one part in storage.
type Part struct {
	PartNumber        int
	Size              int64
	ETag              string
	ChecksumCRC64NVME string
}

// address gives the bucket's host, and the escaped path of a key.
func (store Store) address(key string) (*url.URL, string) {
	base, err := url.Parse(store.Base)
	if err != nil {
		panic(err) // the operator's mistake
	}
	path := base.Path
	for _, segment := range strings.Split(key, "/") {
		path += "/" + escaped(segment)
	}
	return base, path
}

// Grant signs a PUT of exactly `length` bytes. The length is signed, but no script may set that header.
func (store Store) Grant(key string, query map[string]string, length int64, crc string, headers map[string]string) Grant {
	base, path := store.address(key)
	if store.Checksums && crc != "" {
		headers[crcHeader] = crc
	}
	signed := map[string]string{"host": base.Host, "content-length": fmt.Sprint(length)}
	for name, value := range headers {
		signed[name] = value
	}
	signature := store.Key.Presign("PUT", path, query, signed, store.Lifetime, time.Now().UTC())
	return Grant{base.Scheme + "://" + base.Host + path + "?" + signature, headers, store.Lifetime * 1000}
}

// send makes a request and reads its answer as XML, if `into` is given.
func (store Store) send(method, key string, query, headers map[string]string, body string, into any) (http.Header, error) {
	base, path := store.address(key)
	now := time.Now().UTC()
	signed := map[string]string{"host": base.Host, "x-amz-date": stamp(now), "x-amz-content-sha256": hashed(body)}
	for name, value := range headers {
		signed[name] = value
	}
	canonical := canonicalQuery(query)
	address := base.Scheme + "://" + base.Host + path + "?" + canonical
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range signed {
		request.Header.Set(name, value)
	}
	request.Header.Set("authorization", store.Key.Authorize(method, path, canonical, signed, hashed(body), now))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 16<<20))
	if err != nil {
		return nil, err
	}
	fault := Fault{Status: answer.StatusCode}
	// A completion may answer 200 and say in the body that it failed.
	if bytes.Contains(text, []byte("<Error>")) || answer.StatusCode > 299 {
		_ = xml.Unmarshal(text, &fault)
		return nil, fault
	}
	if into == nil {
		return answer.Header, nil
	}
	return answer.Header, xml.Unmarshal(text, into)
}

// Head describes the object, or is nil if there is none.
func (store Store) Head(key string) (http.Header, error) {
	headers := map[string]string{}
	if store.Checksums {
		headers["x-amz-checksum-mode"] = "ENABLED"
	}
	found, err := store.send("HEAD", key, nil, headers, "", nil)
	if fault, is := err.(Fault); is && fault.Status == 404 {
		return nil, nil
	}
	return found, err
}

// Begin starts a multipart upload; returns its id.
func (store Store) Begin(key string, headers map[string]string) (string, error) {
	if store.Checksums {
		headers["x-amz-checksum-algorithm"] = "CRC64NVME"
		headers["x-amz-checksum-type"] = "FULL_OBJECT"
	}
	var begun struct{ UploadId string }
	_, err := store.send("POST", key, map[string]string{"uploads": ""}, headers, "", &begun)
	return begun.UploadId, err
}

// Unfinished lists the multipart uploads of a key that are neither completed nor aborted.
func (store Store) Unfinished(key string) ([]string, error) {
	var page struct {
		Upload []struct{ Key, UploadId string }
	}
	_, err := store.send("GET", "", map[string]string{"uploads": "", "prefix": key}, nil, "", &page)
	ids := []string{}
	for _, upload := range page.Upload {
		if upload.Key == key {
			ids = append(ids, upload.UploadId)
		}
	}
	return ids, err
}

// Parts lists every part in storage; `gone` if it does not know the multipart upload.
func (store Store) Parts(key, uploadID string) (parts []Part, gone bool, err error) {
	marker := 0
	for {
		var page struct {
			Part                 []Part
			IsTruncated          bool
			NextPartNumberMarker int
		}
		query := map[string]string{"uploadId": uploadID, "part-number-marker": fmt.Sprint(marker)}
		_, err = store.send("GET", key, query, nil, "", &page)
		if isGone(err) {
			return nil, true, nil
		}
		parts, marker = append(parts, page.Part...), page.NextPartNumberMarker
		if err != nil || !page.IsTruncated {
			return parts, false, err
		}
	}
}

// Complete puts the parts together.
func (store Store) Complete(key, uploadID string, parts []Part, crc string) error {
	list := ""
	for _, part := range parts {
		sum := ""
		if part.ChecksumCRC64NVME != "" {
			sum = "<ChecksumCRC64NVME>" + part.ChecksumCRC64NVME + "</ChecksumCRC64NVME>"
		}
		etag := strings.NewReplacer(`"`, "&quot;").Replace(part.ETag)
		list += fmt.Sprintf("<Part><PartNumber>%d</PartNumber><ETag>%s</ETag>%s</Part>", part.PartNumber, etag, sum)
	}
	headers := map[string]string{"if-none-match": "*"}
	if store.Checksums && crc != "" {
		headers[crcHeader], headers["x-amz-checksum-type"] = crc, "FULL_OBJECT"
	}
	body := `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` + list + "</CompleteMultipartUpload>"
	_, err := store.send("POST", key, map[string]string{"uploadId": uploadID}, headers, body, nil)
	return err
}

// Abort gives up a multipart upload and its parts.
func (store Store) Abort(key, uploadID string) error {
	_, err := store.send("DELETE", key, map[string]string{"uploadId": uploadID}, nil, "", nil)
	if isGone(err) {
		return nil
	}
	return err
}

// isGone knows the names of S3, and of Ceph.
func isGone(err error) bool {
	fault, is := err.(Fault)
	return is && (fault.Code == "NoSuchUpload" || fault.Code == "NoSuchKey")
}
