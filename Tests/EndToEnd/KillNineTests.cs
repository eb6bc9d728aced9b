using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AkkaPrivacy.Storage.Sqlite;
using Xunit;

namespace AkkaPrivacy.Tests.EndToEnd;

/// <summary>The program is killed without warning, again and again, and run to its end.</summary>
public sealed class KillNineTests : IDisposable
{
    private const string Conf =
        """
        pipeline {
          name = killed
          source { type = json-lines, path = "-" }
          time { allowed-lateness = 1m }
          keys.file = "KEYS"
          subject = user
          data-map {
            time { type = time, class = time, role = event }
            user { type = text, class = direct-identifier, treatment = token }
            page { type = text, class = attribute }
          }
          account { name = killed, budget { epsilon = 1000000 } }
          queries {
            users { aggregate = distinct-subjects, window = 1m, bounds { windows = 60 }, noise { epsilon = 1000 } }
            pages { aggregate = count, window = 1m, group-by = [page], known-keys = ["/a", "/b", "/c"], bounds { groups = 2, rows-per-group = 2, windows = 60 }, noise { epsilon = 1000 } }
          }
          runtime.checkpoint-interval = 100ms
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_released_stays_and_what_was_not_equals_an_undisturbed_run()
    {
        var random = new Random(7);
        await File.WriteAllTextAsync(PathOf("killed.conf"), Conf.Replace("KEYS", PathOf("keys"), StringComparison.Ordinal));
        await File.WriteAllTextAsync(PathOf("input.jsonl"), Input(random));
        using var calm = await RunToEndAsync("calm.db");
        Dictionary<string, string> released = [];
        var duration = TimeSpan.FromMilliseconds(400);
        var kills = 0;
        for (var attempt = 0; attempt < 6; attempt++)
        {
            using var process = Start("rough.db");
            if (!process.WaitForExit(duration + TimeSpan.FromMilliseconds(random.Next(500))))
            {
                process.Kill();
                await process.WaitForExitAsync();
                Assert.Equal(137, process.ExitCode);
                kills++;
            }

            released = await ReleasedAsync(released);
        }

        Assert.True(kills > 0);
        using var rough = await RunToEndAsync("rough.db");
        Assert.NotEmpty(await ReleasedAsync(released));
        foreach (var key in new[] { "spent", "left" })
        {
            Assert.Equal(calm.RootElement.GetProperty(key).GetRawText(), rough.RootElement.GetProperty(key).GetRawText());
        }

        Assert.Equal(Values(calm), Values(rough));
    }

    private static string Input(Random random)
    {
        var text = new StringBuilder();
        var start = new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 60_000; i++)
        {
            var time = start.AddMilliseconds((i * 240) - random.Next(30_000));
            text.Append(CultureInfo.InvariantCulture, $$"""{"time":"{{time:yyyy-MM-ddTHH:mm:ss.fff}}Z","user":"user-{{random.Next(300)}}@example.org","page":"/{{(char)('a' + random.Next(4))}}"}""").Append('\n');
        }

        return text.ToString();
    }

    private static List<string> Values(JsonDocument report) =>
    [
        .. report.RootElement.GetProperty("releases").EnumerateArray()
            .Select(release => $"{release.GetProperty("query")} {release.GetProperty("window").GetProperty("start")} {release.GetProperty("group")} {release.GetProperty("value")}")
            .Order(),
    ];

    private string PathOf(string name) => Path.Combine(_folder, name);

    private Process Start(string store)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "akkaprivacy.dll"), "run", PathOf("killed.conf"), "--input", PathOf("input.jsonl"), "--db", PathOf(store), "--json" })
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private async Task<JsonDocument> RunToEndAsync(string store)
    {
        using var process = Start(store);
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return JsonDocument.Parse(output);
    }

    // What is in the store now, which holds all that was there before, to the byte.
    private async Task<Dictionary<string, string>> ReleasedAsync(Dictionary<string, string> before)
    {
        if (!File.Exists(PathOf("rough.db")))
        {
            return before;
        }

        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = PathOf("rough.db") });
        var rows = await store.TransactAsync(transaction => transaction.ScanAsync("releases"));
        var now = rows.ToDictionary(row => row.Key, row => Convert.ToHexString(row.Value));
        Assert.All(before, pair => Assert.Equal(pair.Value, now.GetValueOrDefault(pair.Key)));
        return now;
    }
}
