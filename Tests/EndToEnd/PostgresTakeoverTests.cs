using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AkkaPrivacy.Tests.Storage.Postgres;
using AkkaPrivacy.Tests.Support;
using Npgsql;
using Xunit;

namespace AkkaPrivacy.Tests.EndToEnd;

/// <summary>Processes of one pipeline share a store on PostgreSQL.</summary>
public sealed class PostgresTakeoverTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;
    private readonly PostgresPlace _place = new();

    public void Dispose()
    {
        _place.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_second_process_takes_over_from_one_that_lives_and_from_one_that_was_killed()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await File.WriteAllTextAsync(PathOf("shared.conf"), Conf());
        await File.WriteAllTextAsync(PathOf("input.jsonl"), Lines(0, 120));
        using var killed = Start("killed.db", "-");
        WaitForEpoch(1, killed);
        killed.Kill();
        await killed.WaitForExitAsync();

        using var first = Start("first.db", "-");
        WaitForEpoch(2, first);
        using var second = Start("second.db", PathOf("input.jsonl"));
        var (code, report, error) = await EndAsync(second);
        Assert.True(code == 0, error);
        var releases = JsonDocument.Parse(report).RootElement.GetProperty("releases").GetArrayLength();
        Assert.True(releases > 0);

        await first.StandardInput.WriteAsync(Lines(120, 240));
        first.StandardInput.Close();
        var (fenced, _, reason) = await EndAsync(first);
        Assert.Equal(5, fenced);
        Assert.Contains("Fenced: epoch 2", reason, StringComparison.Ordinal);
        Assert.Equal(releases, Count("SELECT count(*) FROM {0}.rows WHERE tbl = 'releases'"));
    }

    private static string Lines(int from, int to)
    {
        var text = new StringBuilder();
        for (var i = from; i < to; i++)
        {
            text.Append($$"""{"time":"{{new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero).AddSeconds(i * 2):yyyy-MM-ddTHH:mm:ss}}Z","user":"user-{{i % 7}}"}""").Append('\n');
        }

        return text.ToString();
    }

    private static async Task<(int Code, string Output, string Error)> EndAsync(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, output, await error);
    }

    private string Conf()
    {
        var server = new NpgsqlConnectionStringBuilder(TestPostgres.Connection);
        Environment.SetEnvironmentVariable("TAKEOVER_PASSWORD", server.Password ?? "none");
        server.Remove("Password");
        return $$"""
            pipeline {
              name = shared
              source { type = json-lines, path = "-" }
              store { type = postgres, connection = "{{server.ConnectionString}}", password-env = TAKEOVER_PASSWORD, schema = {{_place.Schema}} }
              keys.file = "{{PathOf("keys")}}"
              subject = user
              data-map {
                time { type = time, class = time, role = event }
                user { type = text, class = direct-identifier, treatment = token }
              }
              account { name = shared, budget { epsilon = 1000 } }
              queries.users { aggregate = distinct-subjects, window = 1m, bounds { windows = 60 }, noise { epsilon = 1 } }
            }
            """;
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private Process Start(string db, string input)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "akkaprivacy.dll"), "run", PathOf("shared.conf"), "--input", input, "--db", PathOf(db), "--json" })
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private void WaitForEpoch(long epoch, Process process)
    {
        var waited = Stopwatch.StartNew();
        while (Count("SELECT count(*) FROM pg_tables WHERE schemaname = '{1}' AND tablename = 'epochs'") == 0 || Count("SELECT coalesce(max(epoch), 0) FROM {0}.epochs") < epoch)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), "The process did not take the pipeline over.");
            Assert.False(process.WaitForExit(50), "The process ended early.");
        }
    }

    private long Count(string sql)
    {
        using var connection = PostgresPlace.Connect();
        using var command = new NpgsqlCommand(sql.Replace("{0}", $"\"{_place.Schema}\"", StringComparison.Ordinal).Replace("{1}", _place.Schema, StringComparison.Ordinal), connection);
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
