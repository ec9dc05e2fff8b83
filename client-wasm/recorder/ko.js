// Korean.
import { errors as uploadErrors } from "../element/ko.js";

/** @import { Messages } from "../npm/element.d.ts" */

const FORMAT = "이 브라우저는 이 페이지가 아는 형식으로 녹화할 수 없습니다. 최신 브라우저를 사용해 주세요.";
const ARRIVED = "녹화가 온전히 도착하지 않았습니다. 다시 시도해 주세요.";
const UNREADABLE = "녹화한 내용을 더 이상 읽을 수 없습니다. 버리고 다시 녹화해 주세요.";

/** @type {Messages} */
export const messages = {
  label: "녹화",
  sources: "녹화할 대상",
  camera: "카메라",
  microphone: "마이크",
  screen: "화면",
  upTo: "최대 {size}",
  upToTime: "최대 {time}",

  start: "녹화",
  again: "다시 녹화",
  stop: "정지",
  pause: "전송 일시 중지",
  resume: "전송 계속",
  retry: "다시 시도",
  discard: "버리기",
  remove: "빼기",
  dismiss: "닫기",

  askingCamera: "이 페이지에서 카메라를 사용해도 되는지 브라우저가 묻고 있습니다.",
  askingMicrophone: "이 페이지에서 마이크를 사용해도 되는지 브라우저가 묻고 있습니다.",
  askingScreen: "공유할 화면을 브라우저에서 선택해 주세요.",
  recording: "녹화 중",
  recordingPaused: "녹화 중입니다. 전송은 일시 중지되었습니다.",
  recordingWaiting: "녹화 중입니다. 연결이 끊겼습니다. 연결되면 전송이 저절로 이어집니다.",
  sending: "녹화가 끝났습니다. 나머지를 보내는 중입니다.",
  sendingPaused: "녹화가 끝났습니다. 전송은 일시 중지되었습니다.",
  sendingWaiting: "녹화가 끝났습니다. 연결이 끊겼습니다. 연결되면 전송이 저절로 이어집니다.",
  stored: "저장됨",
  verified: "검증됨",
  discarded: "버렸습니다. 남은 것이 없습니다.",
  failed: "저장하지 못했습니다. 다시 시도해 주세요.",

  recorded: "{size} 녹화됨",
  inStorage: "{size} 저장됨",
  time: "녹화 시간",
  level: "소리 크기",
  preview: "녹화 중인 화면",
  progress: "녹화 전송 진행률",

  discardIt: "이 녹화를 버릴까요? 아무것도 남지 않습니다.",
  keep: "남기기",

  valueMissing: "녹화해 주세요.",
  stillRecording: "녹화가 끝나고 저장될 때까지 기다려 주세요.",
  notStored: "녹화를 저장하지 못했습니다. 다시 시도하거나 버려 주세요.",

  insecure: "https로 연 페이지에서만 녹화할 수 있습니다. https 주소로 이 페이지를 열어 주세요.",
  noRecorder: "이 브라우저로는 녹화할 수 없습니다. 최신 브라우저를 사용해 주세요.",
  noScreen: "이 브라우저에서는 화면을 공유할 수 없습니다. 다른 것을 선택하거나 컴퓨터를 사용해 주세요.",
  noDevices: "이 브라우저에서는 카메라와 마이크를 사용할 수 없습니다. 최신 브라우저를 사용해 주세요.",
  noFormatCamera: FORMAT,
  noFormatMicrophone: FORMAT,
  noFormatScreen: FORMAT,

  refusedCamera: "카메라 사용이 허용되지 않았습니다. 주소 옆의 표시를 눌러 허용한 뒤 다시 녹화해 주세요.",
  refusedMicrophone: "마이크 사용이 허용되지 않았습니다. 주소 옆의 표시를 눌러 허용한 뒤 다시 녹화해 주세요.",
  refusedScreen: "공유한 화면이 없습니다. 다시 녹화하고 화면이나 창, 탭을 선택해 주세요. 선택할 것이 없으면 시스템 설정에서 화면 녹화를 허용해 주세요.",
  absentCamera: "카메라가 없습니다. 연결하거나 다른 것을 선택한 뒤 다시 녹화해 주세요.",
  absentMicrophone: "마이크가 없습니다. 연결하거나 다른 것을 선택한 뒤 다시 녹화해 주세요.",
  absentScreen: "공유할 화면이 없습니다. 다른 것을 선택한 뒤 다시 녹화해 주세요.",
  busyCamera: "카메라를 사용할 수 없습니다. 다른 프로그램이나 탭에서 사용 중이면 닫은 뒤 다시 녹화해 주세요.",
  busyMicrophone: "마이크를 사용할 수 없습니다. 다른 프로그램이나 탭에서 사용 중이면 닫은 뒤 다시 녹화해 주세요.",
  busyScreen: "지금은 화면을 공유할 수 없습니다. 화면을 공유하는 다른 프로그램을 닫은 뒤 다시 녹화해 주세요.",

  lostCamera: "카메라 연결이 끊겨 녹화가 끝났습니다. 그때까지 녹화한 내용은 보관되어 전송됩니다.",
  lostMicrophone: "마이크 연결이 끊겨 녹화가 끝났습니다. 그때까지 녹화한 내용은 보관되어 전송됩니다.",
  lostScreen: "화면 공유가 끝나 녹화도 끝났습니다. 그때까지 녹화한 내용은 보관되어 전송됩니다.",
  timeLimit: "최대 시간이 되어 녹화가 끝났습니다. 녹화한 내용은 모두 보관되어 전송됩니다.",
  nothing: "녹화된 것이 없습니다. 다시 시도해 주세요.",

  earlier: { other: "지난번에 끝나지 않은 녹화가 {n}개 있습니다" },
  earlierKept: "{name}: {size}, {date}부터 이 브라우저에 보관됨",
  goOn: "이어서 보내기",

  notSetUp: "이 페이지는 아직 녹화할 수 있게 설정되지 않았습니다. 운영자에게 알려 주세요.",

  errors: {
    ...uploadErrors,
    unknown_field: "이 서비스는 아직 녹화를 받지 않습니다. 운영자에게 알려 주세요.",
    too_large: "여기서 받는 크기보다 큽니다. 더 짧게 녹화해 주세요.",
    type_not_allowed: "여기서 받지 않는 종류의 녹화입니다. 운영자에게 알려 주세요.",
    invalid_name: "사용할 수 없는 녹화 이름입니다. 운영자에게 알려 주세요.",
    invalid_path: "사용할 수 없는 폴더입니다. 운영자에게 알려 주세요.",
    file_changed: UNREADABLE,
    file_unreadable: UNREADABLE,
    not_stored: ARRIVED,
    size_mismatch: ARRIVED,
    checksum_mismatch: ARRIVED,
    parts_mismatch: ARRIVED,
    upload_ended: "서비스가 이 녹화를 종료했습니다. 버리고 다시 녹화해 주세요.",
    aborted: "버린 녹화입니다. 다시 녹화해 주세요.",
  },
  warnings: {
    api_silent: "서비스가 응답하지 않습니다. 연결을 확인하고, 문제가 없으면 운영자에게 알려 주세요.",
    storage_silent: "저장소가 응답하지 않습니다. 연결을 확인하고, 문제가 없으면 운영자에게 알려 주세요.",
    spool_unavailable: "녹화를 디스크가 아닌 메모리에 보관합니다. 페이지를 닫으면 아직 보내지 않은 내용은 사라집니다.",
    source_failed: "녹화가 중단되었습니다. 그때까지 녹화한 내용은 보관되어 전송됩니다.",
    limit_reached: "여기서 받는 최대 크기가 되어 녹화가 끝났습니다. 그때까지 녹화한 내용은 보관되어 전송됩니다.",
  },
};
