// Writes a rendered corpus as WAV files and a labels.csv:
//
//   tools/bazel run //datasets/synthesis:render_corpus --
//       --corpus=makam --output_dir=makam --train=400 --valid=100 --test=300

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "datasets/synthesis/corpus_folder.h"
#include "datasets/synthesis/corpus_renderer.h"
#include "datasets/synthesis/corpus_size.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"

ABSL_FLAG(std::string, corpus, "makam",
          "makam, hindustani, carnatic, greek, western_tags, western_genres or "
          "western");
ABSL_FLAG(std::string, output_dir, "", "the folder to write to");
ABSL_FLAG(std::uint64_t, seed, 0, "of the corpus");
ABSL_FLAG(double, clip_seconds, 8, "length of each recording");
ABSL_FLAG(double, hours, 0,
          "length of the whole corpus, 7/10 of it for training and 1/10 for "
          "validation; 0: as many recordings as the following flags say");
ABSL_FLAG(std::uint64_t, train, 400, "training recordings");
ABSL_FLAG(std::uint64_t, valid, 100, "validation recordings");
ABSL_FLAG(std::uint64_t, test, 300, "test recordings");
ABSL_FLAG(int, threads, 0, "threads to render with; 0: one a processor");

namespace culturemert {
namespace {

absl::Status Run() {
  const std::string folder = ResolveUserPath(absl::GetFlag(FLAGS_output_dir));
  if (folder.empty()) {
    return absl::InvalidArgumentError("--output_dir=DIR is needed");
  }
  RenderOptions options;
  options.seed = absl::GetFlag(FLAGS_seed);
  options.clip_seconds = absl::GetFlag(FLAGS_clip_seconds);
  ASSIGN_OR_RETURN(
      const std::unique_ptr<CorpusRenderer> renderer,
      CorpusRenderer::Create(absl::GetFlag(FLAGS_corpus), options));
  const int threads = absl::GetFlag(FLAGS_threads);
  ASSIGN_OR_RETURN(
      const std::unique_ptr<ThreadPool> pool,
      ThreadPool::Create(threads == 0 ? ThreadPool::DefaultSize() : threads));
  SplitSizes sizes = {absl::GetFlag(FLAGS_train), absl::GetFlag(FLAGS_valid),
                      absl::GetFlag(FLAGS_test)};
  if (absl::GetFlag(FLAGS_hours) != 0) {
    ASSIGN_OR_RETURN(sizes, SplitSizesOfHours(absl::GetFlag(FLAGS_hours),
                                              options.clip_seconds));
  }
  return WriteCorpusFolder(*renderer, sizes, *pool, Files::Real(), folder);
}

}  // namespace
}  // namespace culturemert

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "--corpus=NAME --output_dir=DIR writes a rendered corpus as WAV files "
      "and a labels.csv");
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = culturemert::Run();
  if (status.ok()) return 0;
  std::cerr << status.message() << "\n";
  return 1;
}
