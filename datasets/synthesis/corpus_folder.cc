#include "datasets/synthesis/corpus_folder.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "datasets/audio/wav_writer.h"
#include "datasets/synthesis/sample_rate.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::Status WriteCorpusFolder(const CorpusRenderer& renderer,
                               const SplitSizes& sizes, ThreadPool& pool,
                               Files& files, absl::string_view folder) {
  RETURN_IF_ERROR(files.CreateDirectories(folder));
  std::vector<std::uint64_t> indices;
  for (const auto& [split, size] : {std::pair{Split::kTrain, sizes.train},
                                    std::pair{Split::kValid, sizes.valid},
                                    std::pair{Split::kTest, sizes.test}}) {
    for (std::uint64_t i = 0; i < size; ++i) {
      indices.push_back(renderer.IndexInSplit(split, i));
    }
  }
  const auto write = [&](std::int64_t i) -> absl::StatusOr<RecordingLabels> {
    ASSIGN_OR_RETURN(RenderedRecording recording,
                     renderer.Render(indices[static_cast<std::size_t>(i)]));
    RETURN_IF_ERROR(WritePcm16Wav(
        files, JoinPath(folder, absl::StrCat(recording.labels.id, ".wav")),
        recording.samples, kRenderRateHz));
    return std::move(recording.labels);
  };
  ASSIGN_OR_RETURN(
      const std::vector<RecordingLabels> all,
      ParallelMap(pool, static_cast<std::int64_t>(indices.size()), write));
  ASSIGN_OR_RETURN(std::unique_ptr<CsvWriter> table,
                   CsvWriter::Create(files, JoinPath(folder, "labels.csv")));
  RETURN_IF_ERROR(
      table->Append({"path", "culture", "tags", "recording", "split", "tune"}));
  for (const RecordingLabels& labels : all) {
    RETURN_IF_ERROR(
        table->Append({absl::StrCat(labels.id, ".wav"), labels.culture,
                       absl::StrJoin(labels.tags, ";"), labels.id,
                       NameOf(labels.split), labels.tune}));
  }
  return table->Commit();
}

}  // namespace culturemert
