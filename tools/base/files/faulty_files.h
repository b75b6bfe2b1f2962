// Another Files with faults put into its system calls.
//
//   MemoryFiles memory;
//   FaultyFiles files(memory);
//   files.FailCall(SystemCall::kWrite, 2, Fault::kNoSpace);
//   EXPECT_THAT(Save(files), StatusIs(absl::StatusCode::kResourceExhausted,
//   _));
//
// To try every fault at every call, see for_each_fault.h.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_FAULTY_FILES_H_
#define CULTUREMERT_TOOLS_BASE_FILES_FAULTY_FILES_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/base/files/files.h"

namespace culturemert {

// The calls that are counted and can fail. (Unmapping, unlocking and the
// questions about processes and time cannot.)
enum class SystemCall {
  kOpen,
  kRead,
  kWrite,
  kSyncFile,
  kClose,
  kDescriptorStatus,
  kSetPermissions,
  kLockDescriptor,
  kMap,
  kPathStatus,
  kReadLink,
  kListNames,
  kRename,
  kLink,
  kRemoveFile,
  kMakeDirectory,
  kRemoveDirectory,
  kSyncDirectory,
  kFreeSpace,
};

enum class Fault {
  kNoSpace,           // ENOSPC
  kInputOutputError,  // EIO
  kPermissionDenied,  // EACCES
  kInterrupted,       // EINTR
  kShort,             // a read or write moves half of the bytes, at least one
  kAnswerLost,        // the call does its work, and returns EIO
  kCrash,             // this call and all after it do nothing and return EIO
  kCrashInside,       // a write writes half of the bytes, then as kCrash
};

absl::string_view NameOf(SystemCall call);
absl::string_view NameOf(Fault fault);

// The faults that a call of this kind may meet in earnest. kAnswerLost is never
// among them: only network file systems know it.
std::vector<Fault> FaultsOf(SystemCall call);

class FaultySystemCalls;

// A failed call does nothing below, but a close always closes, as on Linux. May
// be used from several threads, though the order of their calls is chance.
class FaultyFiles : public Files {
 public:
  struct Call {
    SystemCall kind = SystemCall::kOpen;
    std::string path;  // the first of two
  };

  // `below` must outlive this, and be used through this only until Reset.
  explicit FaultyFiles(Files& below);
  ~FaultyFiles() override;

  // The call number `index`, counted from 0 over all kinds or over one kind,
  // since construction or Reset, meets the fault. Once: its repetition is
  // another call.
  void FailCall(std::size_t index, Fault fault);
  void FailCall(SystemCall kind, std::size_t index, Fault fault);

  // Crashes now.
  void Crash();
  // Whether a crash has happened, and every call fails.
  bool crashed() const;

  // How many of the faults asked for have happened.
  std::size_t faults_met() const;

  // Each call so far, failed ones too.
  std::vector<Call> calls() const;

  // Forgets faults, calls and a crash. MemoryFiles::Crash drops what a crash
  // would have dropped.
  void Reset();

 private:
  explicit FaultyFiles(std::unique_ptr<FaultySystemCalls> calls);

  FaultySystemCalls* const faulty_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_FAULTY_FILES_H_
