"use client";

import { useEffect } from "react";

import { upload } from "../upload.js";

export default function Page() {
  useEffect(() => {
    window.upload = upload;
  }, []);
  return <input type="file" />;
}
