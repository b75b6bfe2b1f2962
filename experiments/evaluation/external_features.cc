#include "experiments/evaluation/external_features.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "experiments/evaluation/feature_store_writer.h"
#include "experiments/evaluation/name_list.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/npy.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kEnding[] = ".npy";
constexpr int kMaxFolderDepth = 32;

struct Shape {
  std::uint64_t states = 0;
  std::uint64_t frames = 0;  // That are averaged.
  std::uint64_t size = 0;

  // What has to be the same of all.
  friend bool operator<(const Shape& a, const Shape& b) {
    return std::make_pair(a.states, a.size) < std::make_pair(b.states, b.size);
  }
};

// The ids of all arrays below the folder: their paths without the ending.
absl::Status FindArrays(Files& files, const std::string& folder,
                        const std::string& prefix, int depth,
                        std::set<std::string>& found) {
  if (depth > kMaxFolderDepth) {
    return absl::InvalidArgumentError(absl::StrCat(
        folder, ": folders are nested more than ", kMaxFolderDepth, " deep"));
  }
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                   files.List(folder));
  for (const DirectoryEntry& entry : entries) {
    if (absl::StartsWith(entry.name, ".")) continue;
    const std::string name = absl::StrCat(prefix, entry.name);
    if (entry.kind == FileKind::kDirectory) {
      RETURN_IF_ERROR(FindArrays(files, JoinPath(folder, entry.name),
                                 name + "/", depth + 1, found));
    } else if (absl::EndsWith(name, kEnding)) {
      found.insert(std::string(absl::StripSuffix(name, kEnding)));
    }
  }
  return absl::OkStatus();
}

// 1 sign bit, 5 of exponent, 10 of fraction: IEEE 754 binary16.
double HalfToDouble(Float16Bits half) {
  const int exponent = half.bits >> 10 & 31;
  const int fraction = half.bits & 1023;
  double value = 0;
  if (exponent == 31) {
    value = fraction == 0 ? HUGE_VAL : std::nan("");
  } else if (exponent == 0) {
    value = std::ldexp(fraction, -24);
  } else {
    value = std::ldexp(1024 + fraction, exponent - 25);
  }
  return half.bits >> 15 != 0 ? -value : value;
}

double ToDouble(Float16Bits value) { return HalfToDouble(value); }
double ToDouble(float value) { return value; }
double ToDouble(double value) { return value; }

template <typename T>
std::vector<float> Averaged(const NpyView& array, const Shape& shape) {
  std::vector<float> features;
  std::vector<double> sums(shape.size);
  const std::uint8_t* bytes = array.data.data();
  for (std::uint64_t state = 0; state < shape.states; ++state) {
    std::fill(sums.begin(), sums.end(), 0);
    for (std::uint64_t frame = 0; frame < shape.frames; ++frame) {
      for (double& sum : sums) {
        T value;
        std::memcpy(&value, bytes, sizeof(T));
        bytes += sizeof(T);
        sum += ToDouble(value);
      }
    }
    for (const double sum : sums) {
      features.push_back(
          static_cast<float>(sum / static_cast<double>(shape.frames)));
    }
  }
  return features;
}

class Import {
 public:
  Import(Files& files, const ExternalFeatures& external,
         absl::Span<const std::string> ids)
      : files_(files), external_(external), ids_(ids) {}

  // Looks at every header; the shape that all have.
  absl::StatusOr<Shape> Check() {
    RETURN_IF_ERROR(CompareIds());
    std::map<Shape, std::vector<std::string>> by_shape;
    if (missing_.empty()) {
      for (const std::string& id : ids_) {
        ASSIGN_OR_RETURN(const NpyArray array, ReadNpy(files_, PathOf(id)));
        const std::string problem = ShapeProblem(array.view());
        if (problem.empty()) {
          by_shape[ShapeOf(array.view())].push_back(id);
        } else {
          misshapen_.push_back(absl::StrCat(id, ": ", problem));
        }
      }
    }
    const auto most = std::max_element(
        by_shape.begin(), by_shape.end(), [](const auto& a, const auto& b) {
          return a.second.size() < b.second.size();
        });
    for (auto shape = by_shape.begin(); shape != by_shape.end(); ++shape) {
      if (shape == most) continue;
      for (const std::string& id : shape->second) {
        mixed_.push_back(absl::StrCat(id, ": ", shape->first.states,
                                      " states of ", shape->first.size));
      }
    }
    RETURN_IF_ERROR(Problems(most == by_shape.end() ? Shape() : most->first));
    return most->first;
  }

  absl::StatusOr<std::vector<float>> Read(const std::string& id) const {
    ASSIGN_OR_RETURN(const NpyArray array, ReadNpy(files_, PathOf(id)));
    const NpyView& view = array.view();
    if (const std::string problem = ShapeProblem(view); !problem.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(PathOf(id), " has changed: ", problem));
    }
    switch (view.dtype) {
      case NpyType::kFloat16:
        return Averaged<Float16Bits>(view, ShapeOf(view));
      case NpyType::kFloat64:
        return Averaged<double>(view, ShapeOf(view));
      default:
        return Averaged<float>(view, ShapeOf(view));
    }
  }

 private:
  std::string PathOf(const std::string& id) const {
    return JoinPath(external_.folder, id + kEnding);
  }

  absl::Status CompareIds() {
    std::set<std::string> found;
    RETURN_IF_ERROR(FindArrays(files_, external_.folder, "", 0, found));
    for (const std::string& id : ids_) {
      if (found.find(id) == found.end()) missing_.push_back(id);
    }
    const std::set<std::string> wanted(ids_.begin(), ids_.end());
    std::set_difference(found.begin(), found.end(), wanted.begin(),
                        wanted.end(), std::back_inserter(extra_));
    if (wanted.size() != ids_.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(external_.folder, ": a recording is asked for twice"));
    }
    return absl::OkStatus();
  }

  // "" for an array that can be used.
  std::string ShapeProblem(const NpyView& array) const {
    if (array.dtype != NpyType::kFloat16 && array.dtype != NpyType::kFloat32 &&
        array.dtype != NpyType::kFloat64) {
      return std::string(NpyTypeName(array.dtype));
    }
    const std::vector<std::uint64_t>& shape = array.shape;
    if (shape.size() < 2 || shape.size() > 3 ||
        std::find(shape.begin(), shape.end(), 0) != shape.end()) {
      return PrintNpyShape(shape);
    }
    const Shape used = ShapeOf(array);
    if (used.states > static_cast<std::uint64_t>(kMaxFeatureStates) ||
        used.size > static_cast<std::uint64_t>(kMaxFeatureStateSize)) {
      return PrintNpyShape(shape);
    }
    return "";
  }

  Shape ShapeOf(const NpyView& array) const {
    if (array.shape.size() == 3) {
      return {array.shape[0], array.shape[1], array.shape[2]};
    }
    if (external_.rows == ExternalRows::kFrames) {
      return {1, array.shape[0], array.shape[1]};
    }
    return {array.shape[0], 1, array.shape[1]};
  }

  absl::Status Problems(const Shape& usual) const {
    std::vector<std::string> problems;
    if (!missing_.empty()) {
      problems.push_back(ListNames("recordings have no array", missing_));
    }
    if (!extra_.empty()) {
      problems.push_back(
          ListNames("arrays belong to no recording of the data set", extra_));
    }
    const bool is_of_states = external_.rows == ExternalRows::kStates;
    if (!misshapen_.empty()) {
      problems.push_back(ListNames(
          absl::StrCat("arrays are not float16, float32 or float64 of [states, "
                       "T, D] or [",
                       is_of_states ? "states" : "T", ", D], at most ",
                       kMaxFeatureStates, " states of ", kMaxFeatureStateSize),
          misshapen_));
    }
    if (!mixed_.empty()) {
      problems.push_back(
          ListNames(absl::StrCat("arrays are unlike most, which have ",
                                 usual.states, " states of ", usual.size),
                    mixed_));
    }
    if (problems.empty()) return absl::OkStatus();
    if (is_of_states && (!misshapen_.empty() || !mixed_.empty())) {
      problems.push_back("where arrays are [T, D], set rows to frames");
    }
    return absl::InvalidArgumentError(
        absl::StrCat(external_.folder, ": ", absl::StrJoin(problems, "; ")));
  }

  Files& files_;
  const ExternalFeatures& external_;
  const absl::Span<const std::string> ids_;
  std::vector<std::string> missing_;
  std::vector<std::string> extra_;
  std::vector<std::string> misshapen_;
  std::vector<std::string> mixed_;
};

}  // namespace

void ExternalFeatures::Describe(ConfigSchema<ExternalFeatures>& schema) {
  schema.Struct("ExternalFeatures", "Features that another program made.");
  schema
      .Field("folder", &ExternalFeatures::folder,
             "Where the array of each recording is, as <id>.npy.")
      .Required();
  schema
      .Field("name", &ExternalFeatures::name,
             "What records and tables call the encoder.")
      .Required()
      .Matches("[A-Za-z0-9][A-Za-z0-9 ._+-]{0,79}");
  schema.Field("rows", &ExternalFeatures::rows,
               "What the rows of an array of two dimensions are.");
}

absl::Status ImportExternalFeatures(Files& files,
                                    const ExternalFeatures& external,
                                    absl::Span<const std::string> ids,
                                    absl::string_view directory) {
  if (ids.empty()) {
    return absl::InvalidArgumentError("no recordings to import features of");
  }
  Import import(files, external, ids);
  ASSIGN_OR_RETURN(const Shape shape, import.Check());
  const FeatureFormat format = {static_cast<std::int64_t>(shape.states),
                                static_cast<std::int64_t>(shape.size),
                                absl::StrCat("external ", external.name),
                                "unknown: made by another program"};
  ASSIGN_OR_RETURN(const std::unique_ptr<FeatureStoreWriter> writer,
                   FeatureStoreWriter::Open(files, directory, format));
  for (const std::string& id : ids) {
    if (writer->Contains(id)) continue;
    ASSIGN_OR_RETURN(const std::vector<float> features, import.Read(id));
    RETURN_IF_ERROR(Annotate(writer->Append(id, features), external.folder));
  }
  return writer->Finish();
}

}  // namespace culturemert
