// Every field of a record, once: its name, what it may hold and what it means.
// Reading, writing, checking and the table in README.md all walk these lists.
// Used by this folder's sources and tests only.

#ifndef CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_FIELDS_H_
#define CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_FIELDS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "experiments/records/record.h"

namespace culturemert {
namespace record_internal {

// What a field's numbers or texts, also those in lists, may be.
enum class Rule {
  kText,        // Any UTF-8.
  kLabel,       // Letters, digits, '_', '-', '.', '+'; safe in paths.
  kIdentifier,  // Lower-case letters, digits, '_'.
  kUtcTime,     // 2026-11-22T19:50:19Z
  kJson,        // A text of canonical JSON, an object there.
  kChecksum,    // 32 hexadecimal digits.
  kFlag,
  kChoice,
  kCount,       // 0 to 2^53.
  kPositive,    // 1 to 2^31 - 1.
  kSeed,        // All of 64 bits.
  kBytes,       // 0 to 2^63 - 1.
  kFraction,    // 0 to 1.
  kDifference,  // -1 to 1.
  kHours,       // At least 0.
  kSeconds,     // At least 0.
  kNumber,      // Any finite one.
  kParts,       // Fields of its own.
};

// The names of enums in JSON, in the order of their values.
inline const std::vector<std::string>& NamesOf(DataKind) {
  static const auto& names =
      *new std::vector<std::string>{"synthetic", "real", "mixed"};
  return names;
}
inline const std::vector<std::string>& NamesOf(Metric) {
  static const auto& names = *[] {
    auto* const list = new std::vector<std::string>;
    for (const Metric metric : kMetrics) {
      list->emplace_back(MetricName(metric));
    }
    return list;
  }();
  return names;
}
inline const std::vector<std::string>& NamesOf(ComparisonKind) {
  static const auto& names =
      *new std::vector<std::string>{"paired_bootstrap", "permutation"};
  return names;
}

// Visit(visit, object) calls visit(name, member, rule, meaning) for each field;
// `object` may be const.
template <typename T>
struct FieldsOf;

template <>
struct FieldsOf<CodeVersion> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("commit", object.commit, Rule::kText,
          "git's name of the commit; `unknown` where the build was not told");
    visit("dirty", object.dirty, Rule::kFlag,
          "the tree had changes that are in no commit");
  }
};

template <>
struct FieldsOf<RecordEnvironment> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("compiler", object.compiler, Rule::kText, "with its version");
    visit("libtorch", object.libtorch, Rule::kText, "the version loaded");
    visit("device", object.device, Rule::kText,
          "`cpu`, or the GPU: `cuda:0` and its name");
    visit("threads", object.threads, Rule::kPositive, "of one process");
    visit("processes", object.processes, Rule::kPositive,
          "that shared the training");
    visit("decoders", object.decoders, Rule::kText,
          "libraries that decoded audio, with versions");
    visit("resampler", object.resampler, Rule::kText,
          "the library that resampled, with version and quality");
    visit("cpu_model", object.cpu_model, Rule::kText, "as the machine says");
    visit("memory_bytes", object.memory_bytes, Rule::kBytes, "of the machine");
  }
};

template <>
struct FieldsOf<CorpusRecord> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("name", object.name, Rule::kLabel, "unique");
    visit("culture", object.culture, Rule::kText, "the musical tradition");
    visit("recordings", object.recordings, Rule::kCount, "pre-trained on");
    visit("hours", object.hours, Rule::kHours, "of audio in them");
    visit("ids_hash", object.ids_hash, Rule::kChecksum,
          "of the recordings' ids (`HashOfIds`)");
    visit("synthetic", object.synthetic, Rule::kFlag, "rendered, not recorded");
  }
};

template <>
struct FieldsOf<DatasetRecord> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("name", object.name, Rule::kLabel, "unique");
    visit("title", object.title, Rule::kText, "for readers");
    visit("culture", object.culture, Rule::kText, "the musical tradition");
    visit("synthetic", object.synthetic, Rule::kFlag, "rendered, not recorded");
    visit("transductive", object.transductive, Rule::kFlag,
          "test recordings were heard, without tags, in pre-training");
    visit("training_recordings", object.training_recordings, Rule::kCount,
          "of the split");
    visit("validation_recordings", object.validation_recordings, Rule::kCount,
          "of the split");
    visit("test_recordings", object.test_recordings, Rule::kCount,
          "of the split");
    visit("ids_hash", object.ids_hash, Rule::kChecksum,
          "of all recordings' ids (`HashOfIds`)");
    visit("tags", object.tags, Rule::kText,
          "in the order that `by_tag` and the predictions have; unique");
    visit("tag_groups", object.tag_groups, Rule::kText,
          "of each tag: instrument, mode …; empty text: none");
    visit("tag_positives", object.tag_positives, Rule::kCount,
          "of each tag: test recordings that have it");
  }
};

template <>
struct FieldsOf<ActionRecord> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("name", object.name, Rule::kText, "such as `pretrain`");
    visit("key", object.key, Rule::kText, "of its artifact");
  }
};

template <>
struct FieldsOf<ModelRecord> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("label", object.label, Rule::kLabel,
          "unique: `base`, `multicultural_cpt`, `western_control`, `log_mel`, "
          "`random`, `chance` …");
    visit("title", object.title, Rule::kText, "for readers");
    visit("weights_key", object.weights_key, Rule::kText,
          "of the artifact that holds the weights; empty: none");
    visit("provenance", object.provenance, Rule::kText,
          "where the weights come from");
  }
};

template <>
struct FieldsOf<GroupValues> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("group", object.group, Rule::kText, "as in `tag_groups`; unique");
    visit("tags", object.tags, Rule::kCount, "scored tags of the group");
    visit("values", object.values, Rule::kFraction,
          "one a seed: the mean over those tags");
  }
};

template <>
struct FieldsOf<MetricResult> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("metric", object.metric, Rule::kChoice,
          "averages over tags but for `micro_f1`; unique in its result");
    visit("values", object.values, Rule::kFraction, "one a seed");
    visit("mean", object.mean, Rule::kFraction, "over the seeds");
    visit("deviation", object.deviation, Rule::kFraction,
          "over the seeds, by n − 1; null: one seed");
    visit("low", object.low, Rule::kFraction,
          "lower end of the 95 % interval over recordings; null: none");
    visit("high", object.high, Rule::kFraction, "upper end");
    visit("scored_tags", object.scored_tags, Rule::kCount,
          "that the values average over");
    visit("undefined_tags", object.undefined_tags, Rule::kCount,
          "left out, as all or no test recordings have them");
    visit("by_tag", object.by_tag, Rule::kFraction,
          "a row a seed, in it one value a tag, null: undefined; or no row");
    visit("by_group", object.by_group, Rule::kParts, "per group of tags");
  }
};

template <>
struct FieldsOf<ResultRecord> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("model", object.model, Rule::kLabel, "a label in `models`");
    visit("dataset", object.dataset, Rule::kLabel, "a name in `datasets`");
    visit("seeds", object.seeds, Rule::kSeed, "of the probes; unique");
    visit("recordings", object.recordings, Rule::kCount, "scored");
    visit("metrics", object.metrics, Rule::kParts, "");
  }
};

template <>
struct FieldsOf<ComparisonRecord> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("model", object.model, Rule::kLabel, "a label in `models`");
    visit("against", object.against, Rule::kLabel, "another");
    visit("dataset", object.dataset, Rule::kLabel, "a name in `datasets`");
    visit("metric", object.metric, Rule::kChoice, "");
    visit("kind", object.kind, Rule::kChoice, "of the test");
    visit("difference", object.difference, Rule::kDifference,
          "`model` − `against`, means over seeds");
    visit("low", object.low, Rule::kDifference,
          "lower end of its 95 % interval; null: none");
    visit("high", object.high, Rule::kDifference, "upper end");
    visit("p", object.p, Rule::kFraction, "two-sided");
    visit("p_holm", object.p_holm, Rule::kFraction,
          "after Holm's correction over the family; null: not corrected");
  }
};

template <>
struct FieldsOf<SeriesRecord> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("name", object.name, Rule::kText,
          "what it shows: `training_loss`, `lambda_sweep`, `layers` …");
    visit("label", object.label, Rule::kText, "this line of it");
    visit("x_label", object.x_label, Rule::kText, "with the unit");
    visit("y_label", object.y_label, Rule::kText, "with the unit");
    visit("x", object.x, Rule::kNumber, "");
    visit("y", object.y, Rule::kNumber, "one a point");
    visit("low", object.low, Rule::kNumber,
          "lower ends of 95 % intervals, one a point; or empty");
    visit("high", object.high, Rule::kNumber, "upper ends");
  }
};

template <>
struct FieldsOf<NoteRecord> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("topic", object.topic, Rule::kText, "`tokenizer`, `heads` …");
    visit("text", object.text, Rule::kText, "what was chosen, and why");
  }
};

template <>
struct FieldsOf<PredictionFile> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("dataset", object.dataset, Rule::kLabel, "a name in `datasets`");
    visit("model", object.model, Rule::kText,
          "a label in `models`; empty: the truth");
    visit("seed", object.seed, Rule::kSeed, "of the probe; null: the truth");
    visit("path", object.path, Rule::kText,
          "in the folder of predictions beside the record");
    visit("xxh3", object.checksum, Rule::kChecksum, "of the file's bytes");
  }
};

template <>
struct FieldsOf<ActionTiming> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("wall_seconds", object.wall_seconds, Rule::kSeconds,
          "when it was computed, in this run or an earlier one");
    visit("peak_bytes", object.peak_bytes, Rule::kBytes,
          "most memory of the process");
    visit("reused", object.reused, Rule::kFlag,
          "its artifact was there already");
  }
};

template <>
struct FieldsOf<RecordTiming> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("started", object.started, Rule::kUtcTime, "");
    visit("finished", object.finished, Rule::kUtcTime, "");
    visit("actions", object.actions, Rule::kParts,
          "one for each of the record's `actions`");
  }
};

template <>
struct FieldsOf<Record> {
  template <typename Visitor, typename Object>
  static void Visit(Visitor& visit, Object& object) {
    visit("schema_version", object.schema_version, Rule::kPositive,
          "of these fields");
    visit("conformance", object.conformance, Rule::kPositive,
          "which results may be compared");
    visit("experiment", object.experiment, Rule::kIdentifier, "its target");
    visit("title", object.title, Rule::kText, "for readers");
    visit("profile", object.profile, Rule::kIdentifier,
          "`smoke`, `mini` or `paper`");
    visit("data", object.data, Rule::kChoice,
          "of corpora and datasets together");
    visit("configuration", object.configuration, Rule::kJson,
          "every setting in effect");
    visit("configuration_hash", object.configuration_hash, Rule::kChecksum,
          "of its canonical JSON");
    visit("code", object.code, Rule::kParts, "what was built");
    visit("environment", object.environment, Rule::kParts,
          "with what and on what it ran");
    visit("seeds", object.seeds, Rule::kSeed, "of the probes; unique");
    visit("corpora", object.corpora, Rule::kParts, "pre-trained on");
    visit("datasets", object.datasets, Rule::kParts, "evaluated on");
    visit("actions", object.actions, Rule::kParts, "the plan, in order");
    visit("models", object.models, Rule::kParts, "the rows of tables");
    visit("results", object.results, Rule::kParts,
          "one for each model and dataset");
    visit("comparisons", object.comparisons, Rule::kParts,
          "tests between two models");
    visit("series", object.series, Rule::kParts, "curves");
    visit("notes", object.notes, Rule::kParts, "choices that were made");
    visit("predictions", object.predictions, Rule::kParts,
          "files with truth and scores");
    visit("timing", object.timing, Rule::kParts,
          "all that differs when the same is run again; null: taken out");
  }
};

}  // namespace record_internal
}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_FIELDS_H_
