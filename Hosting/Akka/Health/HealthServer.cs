using System.Net;
using System.Text.Json;
using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.AkkaNet.Hosting.Health;
using AkkaPrivacy.Hosting.Commands;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace AkkaPrivacy.Hosting.Akka.Health;

/// <summary>Answers <c>GET /health/live</c> and <c>/health/ready</c> with the checks of that tag: 200, or 503 when one is
/// unhealthy. It listens from before the node joins until after it has left.</summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication? _web;

    private HealthServer(WebApplication? web) => _web = web;

    /// <summary>Listens where the settings say; nowhere for port 0.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="checks">The checks.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The server.</returns>
    /// <exception cref="NodeRefusedException">It cannot listen there.</exception>
    public static async Task<HealthServer> StartAsync(ClusterSettings settings, HealthCheckService checks, TimeProvider time)
    {
        if (settings.HealthPort == 0)
        {
            return new HealthServer(null);
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(settings.HealthHost), settings.HealthPort));
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        var web = builder.Build();
        var answers = new HealthAnswers(checks, time);
        web.Run(context => AnswerAsync(context, answers));
        try
        {
            await web.StartAsync().ConfigureAwait(false);
            return new HealthServer(web);
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            await web.DisposeAsync().ConfigureAwait(false);
            throw new NodeRefusedException($"Health cannot be answered on {settings.HealthHost}:{settings.HealthPort}: the port is in use, or the address is not one of this machine. Set akkaprivacy.cluster.health.", exception);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task AnswerAsync(HttpContext context, HealthAnswers answers)
    {
        var tag = context.Request.Path.Value switch
        {
            "/health/live" => HealthTags.Live,
            "/health/ready" => HealthTags.Ready,
            _ => null,
        };
        if (tag is null || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            context.Response.StatusCode = tag is null ? StatusCodes.Status404NotFound : StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var report = await answers.AskAsync(tag).WaitAsync(context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.WriteAsync(Json(report), context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static string Json(HealthReport report) => JsonText.Of(new
    {
        Status = Word(report.Status),
        Checks = report.Entries.Select(entry => new { Name = entry.Key, Status = Word(entry.Value.Status), entry.Value.Description }),
    });

    private static string Word(HealthStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());
}
