#include "experiments/actions/tokenize_set.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "datasets/codes/code_store_writer.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/console/progress.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// [books, frames] of a whole clip.
absl::StatusOr<std::vector<std::uint16_t>> CodesOf(const PcmStore& store,
                                                   std::size_t recording,
                                                   const Tokenizer& tokenizer) {
  const auto samples =
      static_cast<std::int64_t>(store.recordings()[recording].samples);
  return CatchTorchErrors([&]() -> absl::StatusOr<std::vector<std::uint16_t>> {
    const at::Tensor audio = at::empty({samples}, at::kFloat);
    RETURN_IF_ERROR(
        store.ReadFloat(recording, 0,
                        absl::MakeSpan(audio.mutable_data_ptr<float>(),
                                       static_cast<std::size_t>(samples))));
    ASSIGN_OR_RETURN(const at::Tensor codes, tokenizer.Codes(audio));
    const at::Tensor contiguous = codes.contiguous();
    const std::int64_t* values = contiguous.const_data_ptr<std::int64_t>();
    return std::vector<std::uint16_t>(values, values + contiguous.numel());
  });
}

// Numbers of the store's recordings that are to be done, ascending.
std::vector<std::size_t> Chosen(const PcmStore& store,
                                const TokenizeSetOptions& options) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < store.recordings().size(); ++i) {
    if (!options.only.has_value() ||
        options.only->contains(store.recordings()[i].id)) {
      chosen.push_back(i);
    }
  }
  return chosen;
}

}  // namespace

absl::Status TokenizeSet(Files& files, const PcmStore& store,
                         const Tokenizer& tokenizer, absl::string_view folder,
                         const TokenizeSetOptions& options) {
  CodeFormat format;
  format.books = tokenizer.books();
  format.codes_per_book = tokenizer.codes_per_book();
  format.tokenizer = tokenizer.identity();
  ASSIGN_OR_RETURN(const std::unique_ptr<CodeStoreWriter> writer,
                   CodeStoreWriter::Open(files, folder, format));
  ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(options.threads));
  const std::vector<std::size_t> chosen = Chosen(store, options);
  const auto recording = [&](std::int64_t i) -> const StoredRecording& {
    return store.recordings()[chosen[i]];
  };
  ProgressOptions shown;
  shown.label = absl::StrCat("tokenize ", options.label);
  shown.unit = ProgressUnit::AudioSeconds();
  shown.is_quiet = options.is_quiet;
  shown.console = options.console;
  const auto count = static_cast<std::int64_t>(chosen.size());
  double total = 0;
  for (std::int64_t i = 0; i < count; ++i) total += recording(i).seconds();
  shown.total = total;
  Progress progress(shown);
  const std::int64_t batch = 4 * options.threads;
  auto first = static_cast<std::int64_t>(writer->recordings().size());
  for (std::int64_t i = 0; i < first; ++i) {
    progress.Advance(recording(i).seconds());
  }
  for (; first < count; first += batch) {
    if (options.should_stop()) {
      RETURN_IF_ERROR(writer->Sync());
      return absl::CancelledError("stopped; start again to go on");
    }
    const std::int64_t clips = std::min(batch, count - first);
    ASSIGN_OR_RETURN(
        const std::vector<std::vector<std::uint16_t>> codes,
        ParallelMap(
            *pool, clips,
            [&](std::int64_t i) -> absl::StatusOr<std::vector<std::uint16_t>> {
              return Annotate(CodesOf(store, chosen[first + i], tokenizer),
                              recording(first + i).id);
            }));
    for (std::int64_t i = 0; i < clips; ++i) {
      RETURN_IF_ERROR(writer->Append(recording(first + i).id, codes[i]));
      progress.Advance(recording(first + i).seconds());
    }
  }
  progress.Finish();
  return writer->Finish();
}

}  // namespace culturemert
