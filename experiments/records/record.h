// The record of one run of an experiment: what was run, on what, with what
// result. What each field means, its unit and range stand in README.md of this
// folder, which is checked against the list that reading and writing use
// (record_fields.h).
//
// All metrics, differences and probabilities are fractions, never per cent:
// a ROC-AUC of 0.861, not 86.1. All times are UTC.

#ifndef CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_H_
#define CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/metrics/metric.h"
#include "experiments/records/conformance.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

// What the fields are called and what values they may have. Bumped whenever a
// field comes, goes or changes its meaning; README.md has the history.
inline constexpr int kRecordSchemaVersion = 1;

enum class DataKind { kSynthetic, kReal, kMixed };

enum class ComparisonKind { kPairedBootstrap, kPermutation };

struct CodeVersion {
  std::string commit;  // "unknown" where the build was not told.
  bool dirty = false;  // The tree had changes that are in no commit.
};

struct RecordEnvironment {
  std::string compiler;
  std::string libtorch;
  std::string device;
  int threads = 1;
  int processes = 1;
  std::vector<std::string> decoders;
  std::string resampler;
  std::string cpu_model;
  std::uint64_t memory_bytes = 0;
};

struct CorpusRecord {
  std::string name;
  std::string culture;
  std::uint64_t recordings = 0;
  double hours = 0;
  Hash128 ids_hash;
  bool synthetic = false;
};

// The three lists of tags run in parallel.
struct DatasetRecord {
  std::string name;
  std::string title;
  std::string culture;
  bool synthetic = false;
  bool transductive = false;
  std::uint64_t training_recordings = 0;
  std::uint64_t validation_recordings = 0;
  std::uint64_t test_recordings = 0;
  Hash128 ids_hash;
  std::vector<std::string> tags;
  std::vector<std::string> tag_groups;
  std::vector<std::uint64_t> tag_positives;
};

struct ActionRecord {
  std::string name;
  std::string key;
};

struct ModelRecord {
  std::string label;
  std::string title;
  std::string weights_key;
  std::string provenance;
};

struct GroupValues {
  std::string group;
  std::uint64_t tags = 0;
  std::vector<double> values;  // One a seed.
};

struct MetricResult {
  Metric metric = Metric::kRocAuc;
  std::vector<double> values;  // One a seed.
  double mean = 0;
  std::optional<double> deviation;
  std::optional<double> low;
  std::optional<double> high;
  std::uint64_t scored_tags = 0;
  std::uint64_t undefined_tags = 0;
  // [seeds][tags of the dataset], NaN where a tag is undefined; or empty.
  std::vector<std::vector<double>> by_tag;
  std::vector<GroupValues> by_group;
};

// One model on one dataset.
struct ResultRecord {
  std::string model;
  std::string dataset;
  std::vector<std::uint64_t> seeds;
  std::uint64_t recordings = 0;
  std::vector<MetricResult> metrics;
};

// `model` less `against`.
struct ComparisonRecord {
  std::string model;
  std::string against;
  std::string dataset;
  Metric metric = Metric::kRocAuc;
  ComparisonKind kind = ComparisonKind::kPairedBootstrap;
  double difference = 0;
  std::optional<double> low;
  std::optional<double> high;
  double p = 1;
  std::optional<double> p_holm;
};

// A curve: training loss, λ sweep, layer profile.
struct SeriesRecord {
  std::string name;
  std::string label;
  std::string x_label;
  std::string y_label;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> low;   // Empty, or one a point.
  std::vector<double> high;  // The same.
};

struct NoteRecord {
  std::string topic;
  std::string text;
};

struct PredictionFile {
  std::string dataset;
  std::string model;                  // Empty: the truth.
  std::optional<std::uint64_t> seed;  // Not of the truth.
  std::string path;
  Hash128 checksum;
};

struct ActionTiming {
  double wall_seconds = 0;
  std::uint64_t peak_bytes = 0;
  bool reused = false;
};

// All that differs between two runs of the same thing on the same machine.
struct RecordTiming {
  std::string started;   // "2026-11-22T19:50:19Z"
  std::string finished;  // The same.
  std::vector<ActionTiming> actions;
};

struct Record {
  int schema_version = kRecordSchemaVersion;
  int conformance = kConformance;
  std::string experiment;
  std::string title;
  std::string profile;
  DataKind data = DataKind::kSynthetic;
  // Canonical JSON, an object (tools/base/config/canonical_json.h), and its
  // hash.
  std::string configuration = "{}";
  Hash128 configuration_hash = HashBytes("{}");
  CodeVersion code;
  RecordEnvironment environment;
  std::vector<std::uint64_t> seeds;
  std::vector<CorpusRecord> corpora;
  std::vector<DatasetRecord> datasets;
  std::vector<ActionRecord> actions;
  std::vector<ModelRecord> models;
  std::vector<ResultRecord> results;
  std::vector<ComparisonRecord> comparisons;
  std::vector<SeriesRecord> series;
  std::vector<NoteRecord> notes;
  std::vector<PredictionFile> predictions;
  std::optional<RecordTiming> timing;
};

// Which recordings these are, whatever their order.
Hash128 HashOfIds(std::vector<std::string> ids);

// So that two runs can be compared byte for byte.
Record WithoutTiming(Record record);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_H_
