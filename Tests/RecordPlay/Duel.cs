namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>Runs the pipeline on one stream, recording, and on its neighbour, playing.</summary>
internal static class Duel
{
    /// <summary>The first things that are not as declared, with the seed and the history of both runs; null when all is.</summary>
    public static async Task<string?> FaultAsync(PlayCase given, PlayBreak broken, Tightness tightness)
    {
        var logs = new List<string>();
        List<string> faults;
        try
        {
            faults = await FaultsAsync(given, broken, tightness, logs);
        }
        catch (Exception exception)
        {
            faults = [$"{exception}"];
        }

        return faults.Count == 0 ? null
            : $"Seed {given.Seed} failed. Replay: AKKAPRIVACY_PLAY_FIRST={given.Seed} AKKAPRIVACY_PLAY_SEEDS=1 dotnet test Tests --filter FullyQualifiedName~RecordPlayTests\n"
            + $"{given.Kind}, {given.Moves}, {given.Breakpoint}, {(given.IsAligned ? "aligned" : "independent")} faults, {given.Period}\n"
            + string.Join('\n', faults.Take(8).Concat(given.Branches.Select(branch => branch.Text)).Concat(logs));
    }

    private static async Task<List<string>> FaultsAsync(PlayCase given, PlayBreak broken, Tightness tightness, List<string> logs)
    {
        var recorder = new Recorder(given.Seed, null);
        var recording = new PlayWorld(given, given.First, recorder, salt: 1, broken);
        var player = new Recorder(given.Seed, recorder.Trace);
        var playing = new PlayWorld(given, given.Second, player, given.IsAligned ? 1 : 2, broken);
        try
        {
            await recording.PlayAsync();
            await playing.PlayAsync();
        }
        finally
        {
            logs.AddRange(["recording", .. recording.Log, "playing", .. playing.Log]);
        }

        var check = new PlayCheck(given, tightness);
        check.Compare(recorder.Trace, player.Trace);
        check.CheckCharge(await recording.SpentAsync(), await playing.SpentAsync());
        return [.. recorder.Faults, .. player.Faults, .. check.Faults];
    }
}
