// The few functions of NVIDIA's NCCL that are needed, looked up at run time in
// the library that came with LibTorch's CUDA half.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_NCCL_LIBRARY_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_NCCL_LIBRARY_H_

#include <array>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace culturemert {

// NCCL's C interface as nccl.h of NCCL 2 declares it; declared here because the
// CUDA toolkit need not be installed where this is built.
inline constexpr char kNcclLibrary[] = "libnccl.so.2";
inline constexpr int kNcclSuccess = 0;     // ncclSuccess
inline constexpr int kNcclInProgress = 7;  // ncclInProgress
inline constexpr int kNcclBytes = 1;       // ncclUint8
inline constexpr std::size_t kNcclUniqueIdBytes = 128;

struct NcclUniqueId {
  std::array<char, kNcclUniqueIdBytes> bytes;
};
using NcclCommunicator = void*;  // ncclComm_t
using NcclStream = void*;        // cudaStream_t

struct NcclLibrary {
  const char* (*get_error_string)(int error);
  int (*get_unique_id)(NcclUniqueId* id);
  int (*comm_init_rank)(NcclCommunicator* communicator, int size,
                        NcclUniqueId id, int rank);
  int (*comm_destroy)(NcclCommunicator communicator);
  int (*comm_abort)(NcclCommunicator communicator);
  int (*comm_get_async_error)(NcclCommunicator communicator, int* error);
  int (*group_start)();
  int (*group_end)();
  int (*send)(const void* sent, std::size_t count, int type, int to,
              NcclCommunicator communicator, NcclStream stream);
  int (*receive)(void* received, std::size_t count, int type, int from,
                 NcclCommunicator communicator, NcclStream stream);
  int (*all_gather)(const void* sent, void* received, std::size_t count,
                    int type, NcclCommunicator communicator, NcclStream stream);
  int (*broadcast)(const void* sent, void* received, std::size_t count,
                   int type, int root, NcclCommunicator communicator,
                   NcclStream stream);

  // OK, or kInternal with NCCL's words.
  absl::Status ToStatus(int error, absl::string_view what) const;
};

// kNotFound: no such library; kFailedPrecondition: it lacks a function.
// Messages say what to install.
absl::StatusOr<NcclLibrary> LoadNccl(absl::string_view library = kNcclLibrary);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_NCCL_LIBRARY_H_
