#include "experiments/distributed/nccl_library.h"

#include <dlfcn.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

class Lookup {
 public:
  explicit Lookup(void* library) : library_(library) {}

  template <typename Function>
  void Find(const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(dlsym(library_, name));
    if (function == nullptr && missing_.empty()) missing_ = name;
  }

  const std::string& missing() const { return missing_; }

 private:
  void* const library_;
  std::string missing_;
};

}  // namespace

absl::Status NcclLibrary::ToStatus(int error, absl::string_view what) const {
  if (error == kNcclSuccess || error == kNcclInProgress) {
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("NCCL: ", what, ": ",
                                          get_error_string(error),
                                          "; NCCL_DEBUG=WARN prints more"));
}

absl::StatusOr<NcclLibrary> LoadNccl(absl::string_view library) {
  // Never closed: it keeps threads of its own.
  void* const handle =
      dlopen(std::string(library).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("GPUs of several processes need NCCL, and it could not be "
                     "loaded (",
                     dlerror(),
                     "); it comes with LibTorch for CUDA: pip install "
                     "nvidia-nccl-cu13, or name its folder in "
                     "LD_LIBRARY_PATH"));
  }
  NcclLibrary nccl{};
  Lookup lookup(handle);
  lookup.Find("ncclGetErrorString", nccl.get_error_string);
  lookup.Find("ncclGetUniqueId", nccl.get_unique_id);
  lookup.Find("ncclCommInitRank", nccl.comm_init_rank);
  lookup.Find("ncclCommDestroy", nccl.comm_destroy);
  lookup.Find("ncclCommAbort", nccl.comm_abort);
  lookup.Find("ncclCommGetAsyncError", nccl.comm_get_async_error);
  lookup.Find("ncclGroupStart", nccl.group_start);
  lookup.Find("ncclGroupEnd", nccl.group_end);
  lookup.Find("ncclSend", nccl.send);
  lookup.Find("ncclRecv", nccl.receive);
  lookup.Find("ncclAllGather", nccl.all_gather);
  lookup.Find("ncclBroadcast", nccl.broadcast);
  if (!lookup.missing().empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(library, " has no function ", lookup.missing(),
                     "; needed is NCCL 2.7 or newer"));
  }
  return nccl;
}

}  // namespace culturemert
