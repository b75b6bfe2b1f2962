// What the labels of the rendered corpora promise, for each corpus.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "datasets/synthesis/corpus_renderer.h"
#include "datasets/synthesis/tradition.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/golden_file.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kTestRecordings = 300;
constexpr char kTestdata[] = "tests/datasets/synthesis/testdata";

const CorpusRenderer& Renderer(const std::string& corpus, double seconds = 8,
                               std::uint64_t seed = 0) {
  static auto& renderers =
      *new std::map<std::string, std::unique_ptr<CorpusRenderer>>();
  const std::string key = absl::StrCat(corpus, " ", seconds, " ", seed);
  if (renderers.count(key) == 0) {
    RenderOptions options;
    options.clip_seconds = seconds;
    options.seed = seed;
    renderers[key] = CorpusRenderer::Create(corpus, options).value();
  }
  return *renderers[key];
}

class CorporaTest : public testing::TestWithParam<std::string> {
 protected:
  const CorpusRenderer& renderer_ = Renderer(GetParam());
};

INSTANTIATE_TEST_SUITE_P(All, CorporaTest,
                         testing::ValuesIn(RenderedCorpusNames()),
                         [](const auto& tested) { return tested.param; });

TEST_P(CorporaTest, EveryTagHasPositivesAndNegativesAmongTestRecordings) {
  std::map<std::string, int> positives;
  for (const std::string& tag : renderer_.Vocabulary()) positives[tag] = 0;
  for (std::uint64_t i = 0; i < kTestRecordings; ++i) {
    const RecordingLabels labels =
        renderer_.Describe(renderer_.IndexInSplit(Split::kTest, i));
    for (const std::string& tag : labels.tags) ++positives[tag];
  }
  EXPECT_EQ(positives.size(), renderer_.Vocabulary().size());
  for (const auto& [tag, count] : positives) {
    EXPECT_GE(count, 8) << tag;
    EXPECT_LE(count, static_cast<int>(kTestRecordings) - 8) << tag;
  }
}

TEST_P(CorporaTest, TagsAreSortedUniqueAndOfTheVocabulary) {
  const std::vector<std::string>& vocabulary = renderer_.Vocabulary();
  EXPECT_TRUE(std::is_sorted(vocabulary.begin(), vocabulary.end()));
  for (std::uint64_t index = 0; index < 300; ++index) {
    const std::vector<std::string> tags = renderer_.Describe(index).tags;
    EXPECT_TRUE(std::is_sorted(tags.begin(), tags.end()));
    EXPECT_EQ(std::adjacent_find(tags.begin(), tags.end()), tags.end());
    EXPECT_TRUE(std::includes(vocabulary.begin(), vocabulary.end(),
                              tags.begin(), tags.end()));
    EXPECT_FALSE(tags.empty());
  }
}

TEST_P(CorporaTest, ATuneIsInOneSplitAndHasOneIdentity) {
  std::map<std::string, Split> splits;
  std::set<std::string> ids;
  for (std::uint64_t index = 0; index < 600; ++index) {
    const RecordingLabels labels = renderer_.Describe(index);
    EXPECT_TRUE(ids.insert(labels.id).second) << labels.id;
    const auto [known, is_new] = splits.emplace(labels.tune, labels.split);
    EXPECT_EQ(known->second, labels.split) << labels.tune;
  }
  EXPECT_EQ(splits.size(), 300u);
}

TEST_P(CorporaTest, InstrumentTagsAreTheInstrumentsOfTheScore) {
  if (GetParam() == "western_genres") return;  // Carries genres only.
  for (std::uint64_t index = 0; index < 300; ++index) {
    std::set<std::string> played;
    for (const Part& part : renderer_.ComposeScore(index).parts) {
      if (part.instrument.empty()) continue;
      EXPECT_FALSE(part.notes.empty() && part.strokes.empty());
      // A Western voice has tags of the group "vocals" instead.
      if (part.instrument == "female" || part.instrument == "male") continue;
      played.insert(absl::StrCat("instrument:", part.instrument));
    }
    std::set<std::string> tagged;
    for (const std::string& tag : renderer_.Describe(index).tags) {
      if (absl::StartsWith(tag, "instrument:")) tagged.insert(tag);
    }
    if (absl::StartsWith(GetParam(), "western")) {
      // A violin also counts as strings.
      tagged.erase("instrument:strings");
      played.erase("instrument:strings");
    }
    EXPECT_EQ(tagged, played) << index;
  }
}

TEST_P(CorporaTest, EveryNoteBeginsWithinTheRecordingAndCanBePlayed) {
  for (std::uint64_t index = 0; index < 300; ++index) {
    const Score score = renderer_.ComposeScore(index);
    ASSERT_EQ(score.seconds, 8);
    ASSERT_FALSE(score.parts.empty());
    for (const Part& part : score.parts) {
      ASSERT_LE(part.gain_db, 0);
      for (const Note& note : part.notes) {
        ASSERT_GE(note.onset_seconds, 0);
        ASSERT_LT(note.onset_seconds, score.seconds + 0.05);
        ASSERT_GT(note.seconds, 0);
        ASSERT_GT(note.pitch_cents, 1200) << index << part.instrument;
        ASSERT_LT(note.pitch_cents, 12000) << index << part.instrument;
        ASSERT_GE(note.velocity, 1);
        ASSERT_LE(note.velocity, 150);
        double previous = 0;
        for (const PitchPoint& point : note.curve) {
          ASSERT_GE(point.seconds, previous);
          ASSERT_LE(std::fabs(point.cents), 1200);
          previous = point.seconds;
        }
      }
    }
  }
}

TEST_P(CorporaTest, AnotherSeedIsAnotherCorpus) {
  const CorpusRenderer& other = Renderer(GetParam(), 8, 1);
  int same = 0;
  for (std::uint64_t index = 0; index < 50; ++index) {
    same += ToText(renderer_.ComposeScore(index)) ==
            ToText(other.ComposeScore(index));
  }
  EXPECT_EQ(same, 0);
}

TEST_P(CorporaTest, PerformancesOfATuneDiffer) {
  for (std::uint64_t index = 0; index < 100; index += 2) {
    EXPECT_NE(ToText(renderer_.ComposeScore(index)),
              ToText(renderer_.ComposeScore(index + 1)));
  }
}

TEST_P(CorporaTest, AnotherLengthHasTheSameLabels) {
  const CorpusRenderer& longer = Renderer(GetParam(), 16);
  for (std::uint64_t index = 0; index < 200; ++index) {
    EXPECT_EQ(longer.Describe(index).tags, renderer_.Describe(index).tags);
    EXPECT_EQ(longer.Describe(index).tonic_cents,
              renderer_.Describe(index).tonic_cents);
  }
}

// The scores of the first two seconds, as text. To write them anew:
//   tools/bazel run //tests/datasets/synthesis:corpora_test -- --update_golden
TEST_P(CorporaTest, ScoresAreTheOnesReviewed) {
  const CorpusRenderer& renderer = Renderer(GetParam(), 2);
  const RecordingLabels labels = renderer.Describe(17);
  std::string text = absl::StrCat(labels.id, " of ", labels.tune, ", ",
                                  NameOf(labels.split), "\n");
  for (const std::string& tag : labels.tags) absl::StrAppend(&text, tag, "\n");
  absl::StrAppend(&text, ToText(renderer.ComposeScore(17)));
  EXPECT_TRUE(
      IsGolden(text, absl::StrCat(kTestdata, "/", GetParam(), "_17.txt")));
}

class ModalCorporaTest : public testing::TestWithParam<const Tradition*> {
 protected:
  const CorpusRenderer& renderer_ = Renderer(GetParam()->name);

  // The mode that the tags name; nullptr if none does.
  const Mode* TaggedMode(const RecordingLabels& labels) const {
    for (const Mode& mode : GetParam()->modes) {
      const std::string tag =
          absl::StrCat(GetParam()->mode_group, ":", mode.name);
      if (std::binary_search(labels.tags.begin(), labels.tags.end(), tag)) {
        return &mode;
      }
    }
    return nullptr;
  }
};

INSTANTIATE_TEST_SUITE_P(All, ModalCorporaTest,
                         testing::Values(&MakamTradition(),
                                         &HindustaniTradition(),
                                         &CarnaticTradition()),
                         [](const auto& tested) { return tested.param->name; });

TEST_P(ModalCorporaTest, NotesAreDegreesOfTheModeThatTheTagsName) {
  std::size_t notes = 0;
  for (std::uint64_t index = 0; index < 200; ++index) {
    const RecordingLabels labels = renderer_.Describe(index);
    const Mode* mode = TaggedMode(labels);
    if (mode == nullptr) continue;
    for (const Part& part : renderer_.ComposeScore(index).parts) {
      if (part.source != SoundSource::kMelodic) continue;
      for (const Note& note : part.notes) {
        double nearest = 1e9;
        const double cents = note.pitch_cents - labels.tonic_cents;
        for (const auto* ladder : {&mode->ascent, &mode->descent}) {
          for (const double degree : *ladder) {
            const double octaves = (cents - degree) / 1200;
            nearest = std::min(nearest,
                               1200 * std::fabs(octaves - std::round(octaves)));
          }
        }
        // Players are within 4 cents of the degree.
        ASSERT_LE(nearest, 4.001) << labels.id << " " << cents;
        ++notes;
      }
    }
  }
  EXPECT_GT(notes, 2000u);
}

TEST_P(ModalCorporaTest, TonicsKeepToTheConventionOfTheirMode) {
  std::map<const Mode*, std::vector<double>> tonics;
  for (std::uint64_t index = 0; index < 600; ++index) {
    const RecordingLabels labels = renderer_.Describe(index);
    if (const Mode* mode = TaggedMode(labels)) {
      tonics[mode].push_back(labels.tonic_cents - mode->tonic_cents);
    }
  }
  EXPECT_EQ(tonics.size(), GetParam()->modes.size());
  for (const auto& [mode, differences] : tonics) {
    double squares = 0;
    for (const double cents : differences) {
      EXPECT_LE(std::fabs(cents), 100) << mode->name;
      squares += cents * cents;
    }
    const double deviation =
        std::sqrt(squares / static_cast<double>(differences.size()));
    EXPECT_GT(deviation, 15) << mode->name;
    EXPECT_LT(deviation, 65) << mode->name;
  }
}

TEST_P(ModalCorporaTest, ModesAreBalancedInTheTestSplit) {
  std::map<const Mode*, int> counts;
  for (std::uint64_t i = 0; i < kTestRecordings; ++i) {
    ++counts[TaggedMode(
        renderer_.Describe(renderer_.IndexInSplit(Split::kTest, i)))];
  }
  counts.erase(nullptr);
  for (const auto& [mode, count] : counts) EXPECT_GE(count, 12) << mode->name;
}

TEST(WesternCorporaTest, TempoAndDynamicsTagsAreTrue) {
  const CorpusRenderer& renderer = Renderer("western_tags");
  for (std::uint64_t index = 0; index < 500; ++index) {
    const RecordingLabels labels = renderer.Describe(index);
    const std::set<std::string> tags(labels.tags.begin(), labels.tags.end());
    EXPECT_EQ(tags.count("tempo:slow"), labels.pulses_per_minute < 80);
    EXPECT_EQ(tags.count("tempo:fast"), labels.pulses_per_minute > 135);
    EXPECT_EQ(tags.count("vocals:vocal") + tags.count("vocals:no vocals"), 1u);
    EXPECT_LE(tags.count("dynamics:loud") + tags.count("dynamics:quiet"), 1u);
    if (renderer.ComposeScore(index).parts.size() == 1) {
      EXPECT_EQ(tags.count("texture:solo"), 1u);
    }
  }
}

}  // namespace
}  // namespace culturemert
