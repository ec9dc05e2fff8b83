// EvaporateJS with its defaults, without MD5, for which an application brings a library.

import Evaporate from "evaporate";

export function evaporate(files, { sink }) {
  return async () => {
    const uploader = await Evaporate.create({
      aws_key: "bench",
      bucket: "bucket",
      aws_url: `${sink}/raw`,
      cloudfront: false,
      awsSignatureVersion: "2",
      computeContentMd5: false,
      sendCanonicalRequestToSignerUrl: false,
      customAuthMethod: async () => "signature",
      logging: false,
    });
    const add = (file) => uploader.add({ name: crypto.randomUUID(), file, progress() {} });
    await Promise.all(files.map(add));
  };
}
