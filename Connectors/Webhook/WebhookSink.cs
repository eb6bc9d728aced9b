using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace AkkaPrivacy.Connectors.Webhook;

/// <summary>Sends each release as a POST of JSON (<see cref="ReleaseJson"/>) to an address, one after the other.</summary>
/// <remarks>The release id is the idempotency key: a receiver keeps the first request of a key and answers the others alike. A
/// request can be signed, see <see cref="WebhookSignature"/>. Redirects are not followed.</remarks>
public sealed class WebhookSink : IReleaseSink
{
    /// <summary>The header that holds the release id.</summary>
    public const string IdempotencyKeyHeader = "Idempotency-Key";

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(2);
    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private readonly ResiliencePipeline<HttpStatusCode> _attempts;
    private readonly string _place;
    private string? _lastFailure;
    private TimeSpan? _retryAfter;

    /// <summary>A sink for an address.</summary>
    /// <param name="options">Address, secrets and patience.</param>
    /// <param name="time">The clock of waits and signatures. Default: the system's.</param>
    /// <param name="handler">What sends requests; disposed of with the sink. Default: one connection to the address.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public WebhookSink(WebhookOptions options, TimeProvider? time = null, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _time = time ?? TimeProvider.System;
        _place = $"The receiver at '{options.Url.GetLeftPart(UriPartial.Path)}'";
        _client = new HttpClient(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        _attempts = Attempts();
    }

    /// <inheritdoc />
    public string Name => _options.Name;

    /// <summary>Sends the releases, in order. When it returns, the receiver has answered each with a status of 200 to 299.</summary>
    /// <param name="releases">The releases.</param>
    /// <param name="cancellationToken">Cancels; a request under way may have been taken.</param>
    /// <returns>A task that ends when all are taken.</returns>
    /// <exception cref="SinkException">The receiver refused a release for good, or did not take it in time. Those before it
    /// were taken and are sent again.</exception>
    public async ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(releases);
        foreach (var release in releases)
        {
            (_lastFailure, _retryAfter) = (null, null);
            var status = await SendAsync(release, cancellationToken).ConfigureAwait(false);
            if ((int)status is < 200 or > 299)
            {
                throw Failure($"refused release {release.Id} for good with status {(int)status}");
            }
        }
    }

    /// <summary>Closes the connection.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool MayPass(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private ResiliencePipeline<HttpStatusCode> Attempts() => new ResiliencePipelineBuilder<HttpStatusCode> { TimeProvider = _time }
        .AddTimeout(_options.Patience)
        .AddRetry(new RetryStrategyOptions<HttpStatusCode>
        {
            ShouldHandle = new PredicateBuilder<HttpStatusCode>().HandleResult(MayPass).Handle<HttpRequestException>().Handle<TimeoutRejectedException>(),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = _options.FirstDelay,
            MaxDelay = LongestDelay,
            DelayGenerator = _ => ValueTask.FromResult(_retryAfter),
            OnRetry = retry =>
            {
                _lastFailure = Describe(retry.Outcome);
                return ValueTask.CompletedTask;
            },
        })
        .AddTimeout(_options.Timeout)
        .Build();

    private async ValueTask<HttpStatusCode> SendAsync(Release release, CancellationToken cancellationToken)
    {
        var (id, body) = (release.Id.ToString(), ReleaseJson.ToUtf8(release));
        try
        {
            return await _attempts.ExecuteAsync(token => AttemptAsync(id, body, token), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException failure)
        {
            throw Failure($"did not take release {id} within {_options.Patience.TotalSeconds:0.###} s{(_lastFailure is null ? string.Empty : $"; the last attempt: {_lastFailure}")}", failure);
        }
    }

    private async ValueTask<HttpStatusCode> AttemptAsync(string id, byte[] body, CancellationToken cancellationToken)
    {
        _retryAfter = null;
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(IdempotencyKeyHeader, id);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("akkaprivacy", null));
        if (_options.Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (_options.Secret is { } secret)
        {
            request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(secret.Span, _time.GetUtcNow(), body));
        }

        // What the receiver says is not read: it is nobody's business here and may be endless.
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        _retryAfter = RetryAfter(response.Headers.RetryAfter);
        return response.StatusCode;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? header?.Date - _time.GetUtcNow();

        // A wait that is longer than the patience ends with it; a longest one keeps timers in their range.
        return wait is { } time && time > TimeSpan.Zero ? time < LongestWait ? time : LongestWait : null;
    }

    private SinkException Failure(string what, Exception? cause = null) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{_place} {what}. All releases are kept in the store; the next run sends it and those after it, after the cause is removed."), cause);

    private static string Describe(Outcome<HttpStatusCode> outcome) => outcome.Exception switch
    {
        null => $"status {(int)outcome.Result}",
        TimeoutRejectedException => "no answer in time",
        HttpRequestException { HttpRequestError: var error } => $"no connection ({error})",
        var other => other.GetType().Name,
    };
}
