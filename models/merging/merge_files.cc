#include "models/merging/merge_files.h"

#include <ATen/core/Tensor.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "models/merging/merger.h"
#include "models/tensors/named_tensors.h"
#include "models/weights/element_type.h"
#include "models/weights/safetensors.h"
#include "models/weights/safetensors_header.h"
#include "tools/base/parallel/ordered_commits.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Whether every tensor of the file is its mapping and not a copy (safetensors.h
// copies those whose elements would be misaligned).
bool LiesInPlace(const SafetensorsHeader& header) {
  return std::all_of(header.entries.begin(), header.entries.end(),
                     [&](const SafetensorsEntry& entry) {
                       return (header.data_offset_bytes + entry.begin_bytes) %
                                  InfoOf(entry.type).size_bytes ==
                              0;
                     });
}

// A file's mapping counts as memory of the process while its pages are present;
// dropping them loses nothing, as they come again from the page cache. For
// mappings of files alone: other memory would lose its contents.
void DropPages(const at::Tensor& tensor) {
  static const std::uintptr_t page_bytes =
      static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto address =
      reinterpret_cast<std::uintptr_t>(tensor.const_data_ptr());
  const std::uintptr_t begin =
      (address + page_bytes - 1) / page_bytes * page_bytes;
  const std::uintptr_t end =
      (address + tensor.nbytes()) / page_bytes * page_bytes;
  if (begin < end) {
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
}

void KeepPages(const at::Tensor&) {}

// Merged tensors that wait to be written take so much at most, but that one
// larger tensor is always let through.
constexpr std::uint64_t kMaxWaitingBytes = std::uint64_t{24} << 20;

absl::string_view BytesOf(const at::Tensor& tensor) {
  return absl::string_view(static_cast<const char*>(tensor.const_data_ptr()),
                           tensor.nbytes());
}

// The entries of the header in turn, merged by all threads.
absl::Status AppendMerged(ThreadPool& pool, const SafetensorsHeader& header,
                          const Merger& merger, AtomicWriter& writer) {
  OrderedCommits commits(kMaxWaitingBytes);
  std::atomic<std::size_t> next{0};
  const auto count = static_cast<std::int64_t>(header.entries.size());
  RETURN_IF_ERROR(ParallelFor(pool, count, [&](std::int64_t) {
    // Taken here, numbers are sure to be taken in ascending order.
    const std::size_t number = next++;
    const SafetensorsEntry& entry = header.entries[number];
    const std::uint64_t size_bytes = entry.end_bytes - entry.begin_bytes;
    if (!commits.Admit(static_cast<std::int64_t>(number), size_bytes)) {
      return commits.status();
    }
    commits.Commit(static_cast<std::int64_t>(number), size_bytes,
                   [&writer, merged = merger.Merge(entry.name)] {
                     RETURN_IF_ERROR(merged);
                     return writer.Append(BytesOf(*merged));
                   });
    return absl::OkStatus();
  }));
  return commits.status();
}

absl::Status WriteMerged(ThreadPool& pool, Files& files,
                         absl::string_view output, SafetensorsHeader header,
                         const Merger& merger) {
  ASSIGN_OR_RETURN(const std::string header_bytes,
                   PrintSafetensorsHeader(&header));
  ASSIGN_OR_RETURN(const std::unique_ptr<AtomicWriter> writer,
                   files.CreateAtomically(output));
  RETURN_IF_ERROR(writer->Append(header_bytes));
  RETURN_IF_ERROR(AppendMerged(pool, header, merger, *writer));
  return writer->Commit();
}

}  // namespace

absl::Status MergeFiles(ThreadPool& pool, Files& files, absl::string_view base,
                        absl::Span<const std::string> adapted,
                        absl::string_view output, const MergeOptions& options,
                        const std::map<std::string, std::string>& metadata) {
  ASSIGN_OR_RETURN(const SafetensorsFile base_file,
                   SafetensorsFile::Open(files, base));
  ASSIGN_OR_RETURN(const NamedTensors base_tensors, base_file.AllTensors());
  // In a file system of tests a mapping may be ordinary memory.
  bool may_drop = &files == &Files::Real() && LiesInPlace(base_file.header());
  std::vector<NamedTensors> adapted_tensors;
  for (const std::string& path : adapted) {
    ASSIGN_OR_RETURN(const SafetensorsFile file,
                     SafetensorsFile::Open(files, path));
    ASSIGN_OR_RETURN(NamedTensors tensors, file.AllTensors());
    adapted_tensors.push_back(std::move(tensors));
    may_drop = may_drop && LiesInPlace(file.header());
  }
  std::vector<MergeInput> inputs;
  for (std::size_t k = 0; k < adapted.size(); ++k) {
    inputs.push_back({adapted[k], &adapted_tensors[k]});
  }
  ASSIGN_OR_RETURN(
      const std::unique_ptr<Merger> merger,
      Merger::Create({std::string(base), &base_tensors}, std::move(inputs),
                     options, may_drop ? &DropPages : &KeepPages));
  SafetensorsHeader header = base_file.header();
  header.metadata = metadata;
  return WriteMerged(pool, files, output, std::move(header), *merger);
}

}  // namespace culturemert
