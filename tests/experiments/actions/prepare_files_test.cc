#include "experiments/actions/prepare_files.h"

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace culturemert {
namespace {

Dataset Example() {
  Dataset dataset;
  dataset.facts.name = "example";
  dataset.variant = "large";
  dataset.tags = {"a", "b"};
  Recording recording;
  recording.id = "one";
  recording.labels = {0};
  AudioClip clip;
  clip.path = "one.wav";
  clip.size_bytes = 100;
  clip.end_seconds = 10;
  recording.clips = {clip};
  dataset.recordings = {recording, recording};
  dataset.recordings[1].id = "two";
  dataset.recordings[1].split = Split::kTest;
  return dataset;
}

TEST(FingerprintTest, EverythingThatChangesTheSetChangesIt) {
  const std::vector<std::function<void(Dataset&)>> changes = {
      [](Dataset&) {},
      [](Dataset& set) { set.facts.name = "other"; },
      [](Dataset& set) { set.variant = "small"; },
      [](Dataset& set) { set.tags[1] = "c"; },
      [](Dataset& set) { set.tags.push_back("c"); },
      [](Dataset& set) { set.recordings.pop_back(); },
      [](Dataset& set) { std::swap(set.recordings[0], set.recordings[1]); },
      [](Dataset& set) { set.recordings[0].id = "three"; },
      [](Dataset& set) { set.recordings[0].split = Split::kValid; },
      [](Dataset& set) { set.recordings[0].labels = {1}; },
      [](Dataset& set) {
        set.recordings[0].labels = {0, 1};
      },
      [](Dataset& set) { set.recordings[0].clips[0].path = "two.wav"; },
      [](Dataset& set) { set.recordings[0].clips[0].size_bytes = 101; },
      [](Dataset& set) { set.recordings[0].clips[0].start_seconds = 1; },
      [](Dataset& set) { set.recordings[0].clips[0].end_seconds = 9.5; },
      [](Dataset& set) { set.recordings[0].clips[0].end_seconds.reset(); },
      [](Dataset& set) {
        set.recordings[0].clips.push_back(set.recordings[0].clips[0]);
      },
  };
  std::set<std::string> fingerprints;
  for (const auto& change : changes) {
    Dataset dataset = Example();
    change(dataset);
    fingerprints.insert(FingerprintOf(dataset).ToHex());
  }
  EXPECT_EQ(fingerprints.size(), changes.size());
}

TEST(FingerprintTest, WhereTheFilesLieDoesNotCount) {
  Dataset moved = Example();
  moved.folder = "/elsewhere";
  moved.notes = {"a note"};
  EXPECT_EQ(FingerprintOf(moved).ToHex(), FingerprintOf(Example()).ToHex());
}

}  // namespace
}  // namespace culturemert
