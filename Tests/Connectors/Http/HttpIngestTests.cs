using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AkkaPrivacy.Connectors.Http;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Tests.Connectors.Files;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.Http;

public sealed class HttpIngestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();
    private readonly BatchPool _pool = new();
    private readonly List<DeadLetter> _dead = [];

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Lines_of_requests_are_rows_in_order()
    {
        await using var source = await OpenAsync();
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(source, "{\"a\":1}\n{\"a\":2}\n"));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(source, ""));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(source, "{\"a\":3}"));
        Assert.Equal(["1:{\"a\":1}", "2:{\"a\":2}", "3:{\"a\":3}"], await ReadAsync(source));
    }

    [Fact]
    public async Task What_was_answered_is_there_after_a_crash_and_what_was_read_is_not_read_again()
    {
        IReadOnlyList<SourcePosition> positions;
        await using (var source = await OpenAsync())
        {
            await PostAsync(source, "one\ntwo\n");
            Assert.Equal(2, (await ReadAsync(source)).Count);
            positions = source.Positions();
            await PostAsync(source, "three\n");
        }

        File.AppendAllText(Directory.GetFiles(Spool, "*.rows").Single(), "torn");
        await using (var source = await OpenAsync(positions))
        {
            await PostAsync(source, "four\n");
            Assert.Equal(["3:three", "4:four"], await ReadAsync(source));
        }

        await using (var source = await OpenAsync())
        {
            Assert.Equal(["1:one", "2:two", "3:three", "4:four"], await ReadAsync(source));
        }
    }

    [Fact]
    public async Task Files_that_a_stored_state_covers_are_removed()
    {
        await using var source = await OpenAsync(options: Options() with { SegmentBytes = 100 });
        for (var i = 0; i < 20; i++)
        {
            await PostAsync(source, new string('x', 60) + "\n");
        }

        Assert.Equal(20, (await ReadAsync(source)).Count);
        var before = Directory.GetFiles(Spool, "*.rows").Length;
        var position = source.Positions();
        Assert.Equal(before, Directory.GetFiles(Spool, "*.rows").Length);
        source.Positions();
        Assert.Single(Directory.GetFiles(Spool, "*.rows"));
        await source.DisposeAsync();
        await using var again = await OpenAsync(position);
        Assert.Empty(await ReadAsync(again));
    }

    [Fact]
    public async Task A_full_spool_refuses_until_it_is_read()
    {
        await using var source = await OpenAsync(options: Options() with { SpoolBytes = 1 << 20, MaxRequestBytes = 400_000 });
        var body = string.Concat(Enumerable.Repeat(new string('x', 999) + "\n", 400));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(source, body));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(source, body));
        using (var refused = await SendAsync(source, body))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5)), (refused.StatusCode, refused.Headers.RetryAfter!.Delta));
        }

        Assert.Equal(800, (await ReadAsync(source)).Count);
        source.Positions();
        source.Positions();
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(source, body));
    }

    [Fact]
    public async Task Other_requests_are_refused()
    {
        await using var source = await OpenAsync(options: Options() with { Token = "secret-token", MaxRequestBytes = 1024 });
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(source, "x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(source, "x", token: "secret-tokem"));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(source, "x", token: "secret-token"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(source, new string('x', 1025), token: "secret-token"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(source, new string('x', 5000), token: "secret-token", chunked: true));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(source, "y", token: "secret-token", chunked: true));
        using var get = await _client.GetAsync(new Uri(source.Address, "/events"));
        using var elsewhere = await _client.PostAsync(new Uri(source.Address, "/other"), null);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, HttpStatusCode.NotFound), (get.StatusCode, elsewhere.StatusCode));
        Assert.Equal(["1:x", "2:y"], await ReadAsync(source));
    }

    [Fact]
    public async Task Many_senders_lose_nothing()
    {
        await using var source = await OpenAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => PostAsync(source, $"{i}a\n{i}b\n")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer));
        var rows = (await ReadAsync(source)).Select(row => row.Split(':')[1]).ToList();
        Assert.Equal(400, rows.Distinct().Count());
        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal($"{i}a", rows[rows.IndexOf($"{i}b") - 1]));
    }

    [Fact]
    public async Task A_long_line_is_a_dead_letter()
    {
        await using var source = await OpenAsync(options: Options() with { MaxLineBytes = 1024 });
        await PostAsync(source, $"one\n{new string('x', 3000)}\nthree\n");
        Assert.Equal(["1:one", "3:three"], await ReadAsync(source));
        Assert.Equal([new DeadLetter(DeadLetterReason.LineTooLong, 0, 2, string.Empty)], _dead);
    }

    [Fact]
    public async Task A_spool_or_port_that_is_taken_is_named()
    {
        await using var source = await OpenAsync();
        Assert.Contains("no other one uses it", (await Assert.ThrowsAsync<SourceException>(() => OpenAsync())).Message, StringComparison.Ordinal);
        var port = Options() with { Spool = Path.Combine(_folder.Path, "other"), Listen = new IPEndPoint(IPAddress.Loopback, source.Address.Port) };
        Assert.Contains("Nothing can listen on", (await Assert.ThrowsAsync<SourceException>(() => OpenAsync(options: port))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_position_outside_the_spool_is_refused_and_another_spool_is_told()
    {
        string identity;
        await using (var source = await OpenAsync())
        {
            identity = source.Positions()[0].Identity;
        }

        var error = await Assert.ThrowsAsync<SourceException>(() => OpenAsync([new SourcePosition("http", identity, 10, 1)]));
        Assert.Contains("was read up to byte 10", error.Message, StringComparison.Ordinal);
        await using var other = await OpenAsync([new SourcePosition("http", "0123456789abcdef", 10, 1)]);
        Assert.Contains("another one", Assert.Single(other.Warnings), StringComparison.Ordinal);
    }

    private string Spool => Path.Combine(_folder.Path, "spool");

    private HttpIngestOptions Options() => new() { Listen = new IPEndPoint(IPAddress.Loopback, 0), Spool = Spool, IdleAfter = TimeSpan.FromMilliseconds(20) };

    private async Task<HttpIngestSource> OpenAsync(IReadOnlyList<SourcePosition>? resume = null, HttpIngestOptions? options = null)
    {
        var source = new HttpIngestSource(options ?? Options());
        try
        {
            await source.OpenAsync(new SourceContext { Time = TimeProvider.System, DeadLetters = new DeadLetters(_dead.Add), Resume = resume ?? [] }, default);
            return source;
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    private async Task<HttpStatusCode> PostAsync(HttpIngestSource source, string body, string? token = null, bool chunked = false)
    {
        using var response = await SendAsync(source, body, token, chunked);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpIngestSource source, string body, string? token = null, bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(source.Address, "/events")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TransferEncodingChunked = chunked;
        return await _client.SendAsync(request);
    }

    // Reads until nothing came twice; each row as line:text.
    private async Task<List<string>> ReadAsync(HttpIngestSource source)
    {
        var rows = new List<string>();
        for (var idle = 0; idle < 2;)
        {
            using var batch = _pool.RentBatch();
            if (await source.ReadAsync(batch, default) == SourceRead.Idle)
            {
                idle++;
                continue;
            }

            var lines = batch.Text(LineSchema.LineSlot);
            rows.AddRange(Enumerable.Range(0, batch.Count).Select(row => $"{batch.FirstPosition + row}:{Encoding.UTF8.GetString(lines[row])}"));
        }

        return rows;
    }
}
