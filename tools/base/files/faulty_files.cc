#include "tools/base/files/faulty_files.h"

#include <utility>

#include "tools/base/files/faulty_system_calls.h"

namespace culturemert {

absl::string_view NameOf(SystemCall call) {
  switch (call) {
    case SystemCall::kOpen:
      return "open";
    case SystemCall::kRead:
      return "read";
    case SystemCall::kWrite:
      return "write";
    case SystemCall::kSyncFile:
      return "sync file";
    case SystemCall::kClose:
      return "close";
    case SystemCall::kDescriptorStatus:
      return "descriptor status";
    case SystemCall::kSetPermissions:
      return "set permissions";
    case SystemCall::kLockDescriptor:
      return "lock descriptor";
    case SystemCall::kMap:
      return "map";
    case SystemCall::kPathStatus:
      return "path status";
    case SystemCall::kReadLink:
      return "read link";
    case SystemCall::kListNames:
      return "list names";
    case SystemCall::kRename:
      return "rename";
    case SystemCall::kLink:
      return "link";
    case SystemCall::kRemoveFile:
      return "remove file";
    case SystemCall::kMakeDirectory:
      return "make directory";
    case SystemCall::kRemoveDirectory:
      return "remove directory";
    case SystemCall::kSyncDirectory:
      return "sync directory";
    case SystemCall::kFreeSpace:
      return "free space";
  }
  return "?";
}

absl::string_view NameOf(Fault fault) {
  switch (fault) {
    case Fault::kNoSpace:
      return "no space";
    case Fault::kInputOutputError:
      return "input/output error";
    case Fault::kPermissionDenied:
      return "permission denied";
    case Fault::kInterrupted:
      return "interrupted";
    case Fault::kShort:
      return "short";
    case Fault::kAnswerLost:
      return "answer lost";
    case Fault::kCrash:
      return "crash";
    case Fault::kCrashInside:
      return "crash inside";
  }
  return "?";
}

std::vector<Fault> FaultsOf(SystemCall call) {
  constexpr Fault kError = Fault::kInputOutputError;
  switch (call) {
    case SystemCall::kOpen:
      return {kError, Fault::kNoSpace, Fault::kPermissionDenied,
              Fault::kInterrupted, Fault::kCrash};
    case SystemCall::kRead:
      return {kError, Fault::kInterrupted, Fault::kShort, Fault::kCrash};
    case SystemCall::kWrite:
      return {kError,        Fault::kNoSpace, Fault::kInterrupted,
              Fault::kShort, Fault::kCrash,   Fault::kCrashInside};
    case SystemCall::kSyncFile:
    case SystemCall::kSyncDirectory:
    case SystemCall::kClose:
      return {kError, Fault::kNoSpace, Fault::kInterrupted, Fault::kCrash};
    case SystemCall::kLockDescriptor:
      return {kError, Fault::kInterrupted, Fault::kCrash};
    case SystemCall::kDescriptorStatus:
    case SystemCall::kMap:
    case SystemCall::kFreeSpace:
      return {kError, Fault::kCrash};
    case SystemCall::kSetPermissions:
    case SystemCall::kPathStatus:
    case SystemCall::kReadLink:
    case SystemCall::kListNames:
    case SystemCall::kRemoveFile:
    case SystemCall::kRemoveDirectory:
      return {kError, Fault::kPermissionDenied, Fault::kCrash};
    case SystemCall::kRename:
    case SystemCall::kLink:
    case SystemCall::kMakeDirectory:
      return {kError, Fault::kNoSpace, Fault::kPermissionDenied, Fault::kCrash};
  }
  return {};
}

FaultyFiles::FaultyFiles(Files& below)
    : FaultyFiles(std::make_unique<FaultySystemCalls>(below.system_calls())) {}

FaultyFiles::FaultyFiles(std::unique_ptr<FaultySystemCalls> calls)
    : Files(std::move(calls)),
      faulty_(static_cast<FaultySystemCalls*>(&system_calls())) {}

FaultyFiles::~FaultyFiles() = default;

void FaultyFiles::FailCall(std::size_t index, Fault fault) {
  faulty_->FailCall(index, fault);
}

void FaultyFiles::FailCall(SystemCall kind, std::size_t index, Fault fault) {
  faulty_->FailCall(kind, index, fault);
}

void FaultyFiles::Crash() { faulty_->Crash(); }

bool FaultyFiles::crashed() const { return faulty_->crashed(); }

std::size_t FaultyFiles::faults_met() const { return faulty_->faults_met(); }

std::vector<FaultyFiles::Call> FaultyFiles::calls() const {
  return faulty_->calls();
}

void FaultyFiles::Reset() { faulty_->Reset(); }

}  // namespace culturemert
