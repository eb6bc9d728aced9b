using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AkkaPrivacy.Connectors.Webhook;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.Webhook;

public sealed class WebhookSinkTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("0123456789abcdef");
    private static readonly Release First = Releases.Make(1, Releases.Group("/a", 5));
    private static readonly Release Second = Releases.Make(2);
    private readonly Receiver _receiver = new();

    [Fact]
    public async Task EachReleaseIsOneSignedRequestWithItsIdAsKey()
    {
        await PublishAsync(new WebhookOptions { Url = new Uri("https://example.test/in?x=1"), Secret = Secret, Token = "tok" }, First, Second);

        Assert.Equal([First.Id.ToString(), Second.Id.ToString()], _receiver.Requests.Select(request => request.Header("Idempotency-Key")));
        Assert.All(_receiver.Requests, request =>
        {
            Assert.Equal(request.Header("Idempotency-Key"), ReleaseJson.Read(request.Body).Id.ToString());
            Assert.True(WebhookSignature.Verify(Secret, TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1), request.Body, request.Header(WebhookSignature.Header)));
            Assert.Equal(("POST", "https://example.test/in?x=1", "Bearer tok"), (request.Method, request.Url, request.Header("Authorization")));
        });
    }

    [Fact]
    public async Task WhatMayPassIsTriedAgainWithTheSameBody()
    {
        _receiver.Answers = [408, 429, 500, 503, 0, 204];

        await PublishAsync(Quick, First);

        Assert.Equal(6, _receiver.Requests.Count);
        Assert.All(_receiver.Requests, request => Assert.Equal(_receiver.Requests[0].Body, request.Body));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(422)]
    [InlineData(302)]
    public async Task OtherStatusesAreForGood(int status)
    {
        _receiver.Answers = [200, status];

        var failure = await Assert.ThrowsAsync<SinkException>(() => PublishAsync(Quick with { Url = new Uri("https://example.test/in?key=secret"), Token = "hidden" }, First, Second));

        Assert.Equal(2, _receiver.Requests.Count);
        Assert.Contains($"'https://example.test/in' refused release {Second.Id} for good with status {status}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReceiverThatBlocksIsLeftWhenThePatienceEnds()
    {
        _receiver.Blocks = true;

        var failure = await Assert.ThrowsAsync<SinkException>(() => PublishAsync(Quick with { Patience = TimeSpan.FromSeconds(2), Timeout = TimeSpan.FromMilliseconds(100) }, First));

        Assert.Contains("within 2 s; the last attempt: no answer in time", failure.Message, StringComparison.Ordinal);
        Assert.True(_receiver.Requests.Count > 1);
    }

    [Fact]
    public async Task RetryAfterIsKeptTo()
    {
        _receiver.Answers = [429, 200];
        _receiver.RetryAfter = TimeSpan.FromSeconds(30);

        var failure = await Assert.ThrowsAsync<SinkException>(() => PublishAsync(Quick with { Patience = TimeSpan.FromSeconds(1) }, First));

        Assert.Single(_receiver.Requests);
        Assert.Contains("did not take release", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASignatureIsNotTakenWhenAnythingChanged()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var signature = WebhookSignature.Of(Secret, now, "body"u8);
        Assert.StartsWith("t=1800000000,v1=", signature, StringComparison.Ordinal);
        Assert.True(Verify(now, "body", signature));
        Assert.False(Verify(now.AddSeconds(61), "body", signature));
        Assert.False(Verify(now, "Body", signature));
        Assert.False(Verify(now, "body", signature.Replace("t=18", "t=19", StringComparison.Ordinal)));
        Assert.All(["", "t=1", "t=1,v1=", "t=1,v1=zz", "t=,v1=00", signature + "0"], text => Assert.False(Verify(now, "body", text)));

        static bool Verify(DateTimeOffset at, string body, string text) => WebhookSignature.Verify(Secret, at, TimeSpan.FromMinutes(1), Encoding.ASCII.GetBytes(body), text);
    }

    [Theory]
    [InlineData("/relative", 16, "t")]
    [InlineData("ftp://x/", 16, "t")]
    [InlineData("https://user:pass@x/", 16, "t")]
    [InlineData("https://x/", 15, "t")]
    [InlineData("https://x/", 16, "a b")]
    public void OtherOptionsAreRefused(string url, int secret, string token) => Assert.Throws<ArgumentException>(() => new WebhookSink(
        new WebhookOptions { Url = new Uri(url, UriKind.RelativeOrAbsolute), Secret = new byte[secret], Token = token }, null, _receiver));

    private static WebhookOptions Quick => new() { Url = new Uri("https://example.test/in"), FirstDelay = TimeSpan.FromMilliseconds(1) };

    private async Task PublishAsync(WebhookOptions options, params Release[] releases)
    {
        await using var sink = new WebhookSink(options, null, _receiver);
        await sink.PublishAsync(releases, default);
    }

    private sealed record Seen(string Method, string Url, HttpRequestHeaders Headers, byte[] Body)
    {
        public string Header(string name) => Assert.Single(Headers.GetValues(name));
    }

    // Answers in turn, then 200; 0 is a connection that breaks.
    private sealed class Receiver : HttpMessageHandler
    {
        public List<Seen> Requests { get; } = [];

        public int[] Answers { get; set; } = [];

        public bool Blocks { get; set; }

        public TimeSpan? RetryAfter { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = Answers.ElementAtOrDefault(Requests.Count) is var status && Requests.Count < Answers.Length ? status : 200;
            Requests.Add(new Seen(request.Method.Method, request.RequestUri!.ToString(), request.Headers, await request.Content!.ReadAsByteArrayAsync(cancellationToken)));
            if (Blocks)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            if (answer == 0)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError);
            }

            var response = new HttpResponseMessage((HttpStatusCode)answer);
            response.Headers.RetryAfter = answer == 429 && RetryAfter is { } wait ? new RetryConditionHeaderValue(wait) : null;
            return response;
        }
    }
}
