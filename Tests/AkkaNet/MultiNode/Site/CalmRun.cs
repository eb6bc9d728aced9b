using AkkaPrivacy.Tests.AkkaNet.MultiNode.Checks;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;

/// <summary>The pipeline run once, in one process without a cluster: what every run of a cluster is compared with.</summary>
internal sealed record CalmRun(SiteInput Input, string Keys, Books Books)
{
    public static async Task<CalmRun> RunAsync(Watchdog watchdog, string folder, int windows)
    {
        var (lines, conf, store) = (Path.Combine(folder, "input.jsonl"), Path.Combine(folder, "calm.conf"), Path.Combine(folder, "calm.db"));
        var input = SiteInput.Write(lines, windows);
        await File.WriteAllTextAsync(conf, SiteText.Conf(folder, store));
        await using var calm = NodeProcess.Start("calm", watchdog, folder, "akkaprivacy.dll", ["run", conf, "--json"]);
        Assert.True(await calm.ExitAsync() == 0, calm.Describe());
        var books = Books.Read(Path.Combine(folder, "no.journal"), store);
        Assert.Equal(windows * SiteText.Queries, books.Stored.Count);
        return new CalmRun(input, Path.Combine(folder, "keys"), books);
    }
}

/// <summary>One calm run for each length of the input.</summary>
internal sealed class CalmRuns(Watchdog watchdog) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-calm-").FullName;
    private readonly Dictionary<int, CalmRun> _runs = [];

    public async Task<CalmRun> OfAsync(int windows)
    {
        if (!_runs.TryGetValue(windows, out var run))
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, windows.ToString(System.Globalization.CultureInfo.InvariantCulture))).FullName;
            _runs[windows] = run = await CalmRun.RunAsync(watchdog, folder, windows);
        }

        return run;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
